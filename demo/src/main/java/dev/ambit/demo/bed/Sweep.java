package dev.ambit.demo.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Removes what a bed left: processes by the namespace they run in, then the namespaces. */
final class Sweep {

    private static final int GONE_WITHIN_SECONDS = 5;

    private Sweep() {}

    static void of(String prefix) {
        List<String> left =
                SystemCommand.must(List.of("ip", "netns", "list"), "")
                        .lines()
                        .map(l -> l.split(" ", 2)[0])
                        .filter(n -> n.startsWith(prefix))
                        .toList();
        left.forEach(Sweep::killAll);
        if (!left.isEmpty()) {
            SystemCommand.must(
                    List.of("ip", "-batch", "-"),
                    String.join("\n", left.stream().map(n -> "netns del " + n).toList()) + "\n");
        }
    }

    static void one(String namespace) {
        killAll(namespace);
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

    private static void killAll(String namespace) {
        Completed pids =
                SystemCommand.run(
                        List.of("ip", "netns", "pids", namespace), "", SystemCommand.PATIENCE);
        List<ProcessHandle> processes =
                pids.out()
                        .lines()
                        .map(String::strip)
                        .filter(l -> !l.isEmpty())
                        .map(Long::parseLong)
                        // The owner of a bed may be inside one of its namespaces for a moment.
                        .filter(pid -> pid != ProcessHandle.current().pid())
                        .flatMap(pid -> ProcessHandle.of(pid).stream())
                        .toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(
                        processes.stream()
                                .map(ProcessHandle::onExit)
                                .toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, GONE_WITHIN_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
