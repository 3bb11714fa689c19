package dev.ambit.tests.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process holds.
 *
 * @param rssKib resident memory; with a small fixed heap, what grows is direct memory
 */
record Footprint(long descriptors, long threads, long rssKib) {

    /** All zero if the process is gone. */
    static Footprint of(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> fds = Files.list(proc.resolve("fd"))) {
            String status = Files.readString(proc.resolve("status"));
            return new Footprint(fds.count(), field(status, "Threads:"), field(status, "VmRSS:"));
        } catch (IOException gone) {
            return new Footprint(0, 0, 0);
        }
    }

    private static long field(String status, String name) {
        return status.lines()
                .filter(l -> l.startsWith(name))
                .map(l -> l.substring(name.length()).replace("kB", "").trim())
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    /** Whether this is the base again, but for a few pooled tunnels, timers and caches. */
    boolean backTo(Footprint base) {
        return descriptors <= base.descriptors + 32
                && threads <= base.threads + 6
                && rssKib <= base.rssKib + 96 * 1024;
    }

    @Override
    public String toString() {
        return "%d fds, %d threads, %d MiB".formatted(descriptors, threads, rssKib / 1024);
    }
}
