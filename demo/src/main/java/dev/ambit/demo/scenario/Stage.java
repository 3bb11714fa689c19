package dev.ambit.demo.scenario;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.cluster.RunningDemo;
import dev.ambit.demo.cluster.RunningDemo.PodInfo;
import dev.ambit.demo.cluster.RuntimeDirectory;
import dev.ambit.demo.measure.Sample;
import dev.ambit.demo.measure.Traffic;
import dev.ambit.demo.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The running demo as a scenario plays on it: applies, waits, measures, tells. One thread. */
final class Stage {

    /** Long enough for shares to settle to a few points, short enough to watch. */
    private static final Duration MEASURED = Duration.ofSeconds(6);

    private static final Duration EFFECT_WITHIN = Duration.ofSeconds(15);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private static final Duration QUIET = Duration.ofSeconds(1);

    /** More than the demo's usual traffic, so that shares and times are sharper. */
    private static final int RATE = 50;

    private static final int USUAL_RATE = 20;

    /** Requests, and what another counted of them. */
    record Counted(Sample sample, long count) {}

    private final RuntimeDirectory files;
    private final Terminal terminal;
    private final Traffic traffic;

    Stage(RuntimeDirectory files, Terminal terminal) {
        this.files = files;
        this.terminal = terminal;
        this.traffic = new Traffic(pod("client").netns());
    }

    Traffic traffic() {
        return traffic;
    }

    /** A ready pod of a Deployment, as the demo knows it now. */
    PodInfo pod(String owner) {
        return pods(owner).stream()
                .findFirst()
                .orElseThrow(
                        () ->
                                new BedException(
                                        "AMB1660  no pod of %s is ready%n        do     ./ambit demo status"
                                                .formatted(owner)));
    }

    List<PodInfo> pods(String owner) {
        return RunningDemo.must(files).pods().stream()
                .filter(p -> p.owner().equals(owner) && p.ready())
                .toList();
    }

    /** Traffic of the client during a measurement. */
    Sample measure(String when) {
        terminal.line(" measuring %s for %d s …".formatted(when, MEASURED.toSeconds()));
        traffic.rate(RATE);
        return traffic.measure(MEASURED);
    }

    /**
     * Traffic of the client during a measurement, with nothing under way before and after, so that
     * what others count in between is these requests and no others.
     *
     * @param count what another counts, read before and after
     */
    Counted measureAlone(String when, LongSupplier count) {
        terminal.line(" measuring %s for %d s …".formatted(when, MEASURED.toSeconds()));
        rest();
        long counted = count.getAsLong();
        long from = System.currentTimeMillis();
        traffic.rate(RATE);
        Traffic.pause(MEASURED);
        rest();
        Sample sample = traffic.between(from, System.currentTimeMillis());
        return new Counted(sample, count.getAsLong() - counted);
    }

    /** No requests, until what was under way has ended. */
    void rest() {
        traffic.rate(0);
        Traffic.pause(QUIET);
    }

    /** Traffic from a time until now, with the answers still under way. */
    Sample since(long millis) {
        return traffic.between(millis, System.currentTimeMillis());
    }

    /** Shows a manifest, writes it where the user's lie, and returns when it was written. */
    long apply(String manifest) throws IOException {
        terminal.line("");
        for (String line : ScenarioFiles.content(manifest).split("\n")) {
            terminal.line(("   │ " + line).stripTrailing());
        }
        long written = System.currentTimeMillis();
        Path file = ScenarioFiles.write(RunningDemo.must(files).manifests(), manifest);
        terminal.line(" applied  " + file);
        return written;
    }

    /** Waits for what an applied manifest must bring about; returns the time it took. */
    Duration until(String effect, BooleanSupplier holds) {
        long start = System.nanoTime();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - start > EFFECT_WITHIN.toNanos()) {
                throw new BedException(
                        "AMB1661  no effect within %d s: %s%n        do     ./ambit demo logs istiod"
                                .formatted(EFFECT_WITHIN.toSeconds(), effect));
            }
            Traffic.pause(LOOK_EVERY);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    void tell(String line) {
        terminal.line(" " + line);
    }

    void table(List<List<String>> rows) {
        terminal.line("");
        terminal.table(rows);
        terminal.line("");
    }

    void calm() {
        traffic.rate(USUAL_RATE);
    }
}
