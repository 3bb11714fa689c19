package dev.ambit.runtime.profile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingStream;

/**
 * Where the process spends CPU time, sampled by the JVM's flight recorder for a while. Where the
 * JVM can it samples by CPU time, native code included; else it samples running Java code.
 */
public final class CpuProfile {

    private static final String BY_CPU_TIME = "jdk.CPUTimeSample";
    private static final String BY_WALL_TIME = "jdk.ExecutionSample";
    private static final String IN_NATIVE = "jdk.NativeMethodSample";

    /** The recorder samples for one at a time. */
    private static final AtomicBoolean RUNNING = new AtomicBoolean();

    private CpuProfile() {}

    /**
     * Records for so long and returns the profile. Blocks; call it on a virtual thread.
     *
     * @param frequency samples a second and core
     * @throws IllegalStateException if another one is being recorded
     */
    public static byte[] record(Duration duration, int frequency) throws InterruptedException {
        if (!RUNNING.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "another CPU profile is being recorded (expected: one at a time)");
        }
        try {
            return recordAlone(duration, frequency);
        } finally {
            RUNNING.set(false);
        }
    }

    private static byte[] recordAlone(Duration duration, int frequency)
            throws InterruptedException {
        Duration period = Duration.ofSeconds(1).dividedBy(frequency);
        Pprof profile =
                new Pprof(
                        new Pprof.ValueType("samples", "count"),
                        new Pprof.ValueType("cpu", "nanoseconds"));
        Instant start = Instant.now();
        try (RecordingStream stream = new RecordingStream()) {
            stream.setMaxAge(Duration.ofMinutes(1));
            if (known(BY_CPU_TIME)) {
                stream.enable(BY_CPU_TIME).with("throttle", period.toNanos() + "ns");
                stream.onEvent(BY_CPU_TIME, e -> add(profile, e, period));
            } else {
                Duration atLeast = period.toMillis() < 1 ? Duration.ofMillis(1) : period;
                stream.enable(BY_WALL_TIME).withPeriod(atLeast);
                stream.enable(IN_NATIVE).withPeriod(atLeast);
                stream.onEvent(BY_WALL_TIME, e -> add(profile, e, atLeast));
            }
            stream.startAsync();
            waitFor(duration);
            // Waits until all events up to now have been handed over.
            stream.stop();
        }
        return profile.encode(
                TimeUnit.SECONDS.toNanos(start.getEpochSecond()) + start.getNano(),
                Duration.between(start, Instant.now()).toNanos(),
                period.toNanos());
    }

    private static boolean known(String event) {
        return FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(EventType::getName)
                .anyMatch(event::equals);
    }

    private static void waitFor(Duration duration) throws InterruptedException {
        // Nobody counts it down: only the time ends the wait.
        boolean never = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
        assert !never;
    }

    private static void add(Pprof profile, RecordedEvent event, Duration period) {
        RecordedStackTrace trace = event.getStackTrace();
        if (trace == null) {
            return;
        }
        List<Pprof.Frame> stack = new ArrayList<>(trace.getFrames().size());
        for (RecordedFrame f : trace.getFrames()) {
            String function = f.getMethod().getType().getName() + "." + f.getMethod().getName();
            stack.add(new Pprof.Frame(function, Math.max(f.getLineNumber(), 0)));
        }
        profile.add(List.copyOf(stack), 1, period.toNanos());
    }
}
