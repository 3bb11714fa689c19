package dev.ambit.tests.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process holds.
 *
 * @param anonymousKib resident memory that is no file's: heap, direct memory, malloc. Pages of
 *     libraries and of the class cache are shared by all and go when the kernel wants them; they
 *     would make every proxy look larger the longer it runs. What is anonymous belongs to one
 *     process (nobody forks), so it is the proportional share (PSS) of these pages too.
 */
public record Footprint(long descriptors, long threads, long anonymousKib) {

    /** All zero if the process is gone. */
    public static Footprint of(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> fds = Files.list(proc.resolve("fd"))) {
            String status = Files.readString(proc.resolve("status"));
            return new Footprint(fds.count(), field(status, "Threads:"), field(status, "RssAnon:"));
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
        return descriptors <= base.descriptors + 12
                && threads <= base.threads + 6
                && anonymousKib <= base.anonymousKib + 96 * 1024;
    }

    /** What is there beyond a base, for a person. */
    String above(Footprint base) {
        return "%+d fds, %+d MiB"
                .formatted(
                        descriptors - base.descriptors, (anonymousKib - base.anonymousKib) / 1024);
    }

    @Override
    public String toString() {
        return "%d fds, %d threads, %d MiB".formatted(descriptors, threads, anonymousKib / 1024);
    }
}
