package dev.ambit.demo.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Removes what a bed left: processes by the mark in their environment and by the namespace they run
 * in, then the namespaces. The mark finds those whose namespaces have no name any more.
 */
final class Sweep {

    /** Environment variable of every process of a bed; its value is the bed's prefix. */
    static final String MARK = "AMBIT_BED";

    private static final int GONE_WITHIN_SECONDS = 5;

    private Sweep() {}

    static void of(String prefix) {
        List<String> left =
                SystemCommand.must(List.of("ip", "netns", "list"), "")
                        .lines()
                        .map(l -> l.split(" ", 2)[0])
                        .filter(n -> n.startsWith(prefix + "-"))
                        .toList();
        killAll(ProcessHandle.allProcesses().filter(p -> marked(p, prefix)).toList());
        left.forEach(Sweep::killInside);
        if (!left.isEmpty()) {
            SystemCommand.must(
                    List.of("ip", "-batch", "-"),
                    String.join("\n", left.stream().map(n -> "netns del " + n).toList()) + "\n");
        }
    }

    static void one(String namespace) {
        killInside(namespace);
        SystemCommand.must(List.of("ip", "netns", "del", namespace), "");
    }

    static void files(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(p);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean marked(ProcessHandle process, String prefix) {
        try {
            String environment =
                    Files.readString(
                            Path.of("/proc", Long.toString(process.pid()), "environ"),
                            StandardCharsets.ISO_8859_1);
            return ("\0" + environment).contains("\0" + MARK + "=" + prefix + "\0");
        } catch (IOException e) {
            // Ended meanwhile, or another user's.
            return false;
        }
    }

    private static void killInside(String namespace) {
        Completed pids =
                SystemCommand.run(
                        List.of("ip", "netns", "pids", namespace), "", SystemCommand.PATIENCE);
        killAll(
                pids.out()
                        .lines()
                        .map(String::strip)
                        .filter(l -> !l.isEmpty())
                        .map(Long::parseLong)
                        // The owner of a bed may be inside one of its namespaces for a moment.
                        .filter(pid -> pid != ProcessHandle.current().pid())
                        .flatMap(pid -> ProcessHandle.of(pid).stream())
                        .toList());
    }

    private static void killAll(List<ProcessHandle> processes) {
        processes.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(
                        processes.stream()
                                .map(ProcessHandle::onExit)
                                .toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, GONE_WITHIN_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
