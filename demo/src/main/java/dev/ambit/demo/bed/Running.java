package dev.ambit.demo.bed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A process of the bed, alive or not. Any thread may ask it. */
public final class Running {

    private static final Duration GRACE = Duration.ofSeconds(8);
    private static final long POLL_MILLIS = 20;
    private static final int TAIL_LINES = 15;

    private final Launch launch;
    private final Place place;
    private final Process process;
    private final Path log;
    private final long logStart;

    /**
     * @param logStart length of the log before this process wrote to it
     */
    Running(Launch launch, Place place, Process process, Path log, long logStart) {
        this.launch = launch;
        this.place = place;
        this.process = process;
        this.log = log;
        this.logStart = logStart;
    }

    public String name() {
        return launch.name();
    }

    public Place place() {
        return place;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Exit code; 128 and the signal's number if it died of one. */
    public int exit() {
        return process.exitValue();
    }

    public CompletableFuture<Integer> exited() {
        return process.onExit().thenApply(Process::exitValue);
    }

    public Path log() {
        return log;
    }

    /** What this process, not one of its name before it, has written so far. */
    public String logText() {
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(logStart);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a condition holds; a process that ends meanwhile or a time that passes fails. */
    public Running await(String what, Duration limit, BooleanSupplier holds) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!holds.getAsBoolean()) {
            if (endsWithin(Duration.ofMillis(POLL_MILLIS))) {
                throw new BedException(
                        "AMB1614  %s ended with exit code %d before it was %s%n        where  %s%n%s"
                                .formatted(name(), exit(), what, log, tail()));
            }
            if (System.nanoTime() > deadline) {
                throw new BedException(
                        "AMB1615  %s was not %s within %d s%n        where  %s%n%s"
                                .formatted(name(), what, limit.toSeconds(), log, tail()));
            }
        }
        return this;
    }

    /** Sends a signal by name, as {@code kill -s} knows it. */
    public void signal(String name) {
        SystemCommand.run(
                List.of("kill", "-s", name, Long.toString(pid())), "", SystemCommand.PATIENCE);
    }

    /** Asks it to end; kills it when its grace is over. Returns when it is gone. */
    public void stop() {
        process.destroy();
        if (!endsWithin(GRACE)) {
            kill();
        }
    }

    /** Asks it to end and does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Kills it and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    public boolean endsWithin(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BedException("AMB1612  interrupted while waiting for " + name(), e);
        }
    }

    private String tail() {
        List<String> lines = logText().lines().toList();
        return String.join(
                "\n",
                lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()).stream()
                        .map(l -> "        │ " + l)
                        .toList());
    }
}
