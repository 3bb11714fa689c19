package dev.ambit.demo;

import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.cluster.RunningDemo;
import dev.ambit.demo.terminal.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts the demo as a process of its own and shows what it prints until it stands. */
final class Detached {

    private static final long LOOK_MILLIS = 100;

    private final DemoHome home;
    private final Terminal terminal;

    Detached(DemoHome home, Terminal terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    /**
     * @param args those of the demo
     * @return 0 when it stands, else its exit code
     */
    int run(List<String> args) throws IOException, InterruptedException {
        Path ready = home.files().run().resolve("ready");
        Path log = home.state().resolve("demo.log");
        Files.createDirectories(home.state());
        Files.deleteIfExists(ready);
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(home.programs().demo());
        command.add("up");
        command.addAll(args);
        command.add("--detached");
        Process supervisor =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(log.toFile())
                        .start();
        // Held open: a demo that fails removes its files.
        try (InputStream written = Files.newInputStream(log)) {
            boolean ended = false;
            while (!ended && !Files.exists(ready)) {
                ended = supervisor.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                written.transferTo(System.out);
                System.out.flush();
            }
            written.transferTo(System.out);
            System.out.flush();
            return ended ? supervisor.exitValue() : 0;
        }
    }

    /** Starts one if none runs. */
    static void ensure(DemoHome home, Terminal terminal) throws IOException, InterruptedException {
        if (RunningDemo.find(home.files()).isEmpty()) {
            terminal.line(" no demo is running: starting one");
            if (new Detached(home, terminal).run(List.of()) != 0) {
                throw new BedException("AMB1643  the demo did not start");
            }
        }
    }
}
