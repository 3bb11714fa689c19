package dev.ambit.demo;

import dev.ambit.demo.bed.Bed;
import dev.ambit.demo.cluster.RuntimeDirectory;
import dev.ambit.demo.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Ends a demo, whether its supervisor lives or not, and removes what it made. */
final class Down {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DemoHome home;
    private final Terminal terminal;

    Down(DemoHome home, Terminal terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    int run() throws Exception {
        Optional<ProcessHandle> supervisor = supervisor(home.files());
        boolean something = supervisor.isPresent() || Files.exists(home.files().run());
        if (supervisor.isPresent()) {
            terminal.step("down", () -> end(supervisor.get()));
        }
        Bed.sweep(home.prefix());
        clean(home, terminal);
        if (!something) {
            terminal.line(" no demo was running");
        }
        return 0;
    }

    /** Removes the files; says which stay because the user made or changed them. */
    static void clean(DemoHome home, Terminal terminal) throws IOException {
        removeTree(home.files().run());
        Files.deleteIfExists(home.state().resolve("demo.log"));
        List<Path> kept = Manifests.remove(home.manifests());
        if (!kept.isEmpty()) {
            terminal.line(" kept, because you changed them: ");
            kept.forEach(p -> terminal.line("   " + p));
        } else if (Files.exists(home.state())) {
            Files.delete(home.state());
            Path parent = home.state().getParent();
            if (parent != null && parent.endsWith(".ambit") && isEmpty(parent)) {
                Files.delete(parent);
            }
        }
    }

    static Optional<ProcessHandle> supervisor(RuntimeDirectory files) throws IOException {
        try {
            long pid = Long.parseLong(Files.readString(files.pid()).strip());
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static String end(ProcessHandle supervisor) throws Exception {
        supervisor.destroy();
        try {
            supervisor.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            supervisor.destroyForcibly();
            supervisor.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        return "processes, namespaces and files are gone";
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> inside = Files.list(directory)) {
            return inside.findAny().isEmpty();
        }
    }

    private static void removeTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(p);
            }
        }
    }
}
