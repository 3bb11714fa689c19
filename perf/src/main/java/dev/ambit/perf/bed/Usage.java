package dev.ambit.perf.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a process and its children have used, as the kernel says. */
public final class Usage {

    /** USER_HZ is 100 wherever Linux runs Java. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME = 11;
    private static final int STIME = 12;

    private Usage() {}

    /** User and system time. */
    public static double cpuSeconds(long pid) {
        return family(pid).mapToDouble(Usage::ofOne).sum();
    }

    /**
     * Memory in MiB: what is the process's own, and half of what it shares. That is the PSS of two
     * ztunnels alone on a machine: the kernel's own figure would also divide the pages of the JVM
     * by the load programs, which are Java, too.
     */
    public static double memoryMiB(long pid) {
        return family(pid).mapToDouble(Usage::memoryOfOne).sum();
    }

    private static Stream<Long> family(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(p -> Stream.concat(Stream.of(p), p.descendants()))
                .map(ProcessHandle::pid);
    }

    private static double ofOne(long pid) {
        String stat = read(pid, "stat");
        if (stat.isEmpty()) {
            return 0;
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
    }

    private static double memoryOfOne(long pid) {
        double rss = 0;
        double shared = 0;
        for (String line : read(pid, "smaps_rollup").lines().toList()) {
            if (line.startsWith("Rss:")) {
                rss += kib(line);
            } else if (line.startsWith("Shared_")) {
                shared += kib(line);
            }
        }
        return (rss - shared / 2) / 1024;
    }

    private static double kib(String line) {
        return Double.parseDouble(line.replaceAll("[^0-9]", ""));
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (NoSuchFileException ended) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
