package dev.ambit.demo.measure;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.bed.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The traffic client of a running demo, spoken to inside its pod. Needs a platform thread. */
public final class Traffic {

    private static final int CONTROL_PORT = 9081;
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    /** The client itself gives up earlier. */
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(12);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Path netns;

    public Traffic(Path netns) {
        this.netns = netns;
    }

    /** Requests sent in a time from now on; waits for it and for the stragglers' answers. */
    public Sample measure(Duration time) {
        long from = System.currentTimeMillis();
        pause(time);
        return between(from, from + time.toMillis());
    }

    private void awaitAnswers(long toMillis) {
        long deadline = System.nanoTime() + ANSWERS_WITHIN.toNanos();
        while (!ask("/under-way?before=" + toMillis).strip().equals("0")
                && System.nanoTime() < deadline) {
            pause(LOOK_EVERY);
        }
    }

    /** Requests sent since a time that have ended by now. */
    public Sample since(long millis) {
        return Sample.parse(ask("/records?since=" + millis));
    }

    /** Requests sent between two times; waits for their answers. */
    public Sample between(long fromMillis, long toMillis) {
        awaitAnswers(toMillis);
        return new Sample(
                since(fromMillis).requests().stream()
                        .filter(r -> r.sentMillis() < toMillis)
                        .toList());
    }

    public void rate(int perSecond) {
        ask("/rate?rps=" + perSecond);
    }

    /** What came of asking an address some times, one after the other: a status or a word each. */
    public List<String> call(String host, int port, String path, int count) {
        List<String> results = new ArrayList<>();
        for (String line :
                ask("/call?host=%s&port=%d&path=%s&count=%d".formatted(host, port, path, count))
                        .split("\n")) {
            results.add(line.split(" ")[0]);
        }
        return results;
    }

    /** Waits; time is what a measurement takes. */
    public static void pause(Duration time) {
        try {
            new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String ask(String path) {
        try {
            return Probe.get(netns, "127.0.0.1", CONTROL_PORT, path, LIMIT).body();
        } catch (IOException e) {
            throw new BedException(
                    "AMB1650  the client pod does not answer on its control port%n        why    %s"
                            .formatted(e.getMessage()),
                    e);
        }
    }
}
