package dev.ambit.demo.bed;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a short command of the system to its end. */
final class SystemCommand {

    /** What {@code ip} and its kin may take at most on a loaded machine. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private SystemCommand() {}

    static Completed run(List<String> command, String input, Duration limit) {
        try {
            Process process = new ProcessBuilder(command).start();
            CompletableFuture<String> err = read(process.getErrorStream());
            CompletableFuture<String> out = read(process.getInputStream());
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended without reading; its exit code and messages say why.
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new BedException(
                        "AMB1610  a command did not end within %d s%n        what   %s"
                                .formatted(limit.toSeconds(), String.join(" ", command)));
            }
            return new Completed(process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new BedException(
                    "AMB1611  cannot run %s%n        why    %s".formatted(command.get(0), e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BedException("AMB1612  interrupted while running " + command.get(0), e);
        }
    }

    /** Like {@link #run}, and a failure of the command is an exception that quotes it. */
    static String must(List<String> command, String input) {
        Completed done = run(command, input, PATIENCE);
        if (!done.succeeded()) {
            throw new BedException(
                    "AMB1613  a command failed with exit code %d%n        what   %s%n        why    %s"
                            .formatted(
                                    done.exit(),
                                    String.join(" ", command),
                                    (done.err() + done.out()).strip()));
        }
        return done.out();
    }

    private static CompletableFuture<String> read(InputStream from) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.startVirtualThread(
                () -> {
                    try (from) {
                        text.complete(new String(from.readAllBytes(), StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        text.completeExceptionally(new UncheckedIOException(e));
                    }
                });
        return text;
    }
}
