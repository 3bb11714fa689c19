package dev.ambit.cni.redirect;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program inside a network namespace, by {@code nsenter}: the agent's own threads never
 * leave the host's network for longer than a system call, and iptables sees only the pod.
 */
final class Command {

    /** iptables waits for the kernel's lock up to five seconds; beyond this something hangs. */
    private static final long LIMIT_SECONDS = 15;

    /** What a program said. */
    record Result(int exitCode, String out, String err) {
        boolean succeeded() {
            return exitCode == 0;
        }

        /** Its complaint on one line. */
        String complaint() {
            String text = err.isBlank() ? out : err;
            return text.strip().replaceAll("\\s*\n\\s*", "; ");
        }
    }

    private final Path netns;

    Command(Path netns) {
        this.netns = netns;
    }

    /** Runs and gives the result, whatever the exit code. */
    Result run(String input, List<String> program) throws RedirectException {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + netns, "--"));
        all.addAll(program);
        Path err = null;
        Process process = null;
        try {
            err = Files.createTempFile("ambit-cni", ".err");
            process = new ProcessBuilder(all).redirectError(err.toFile()).start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended without reading; its exit code and text say why.
                process.onExit().join();
            }
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new RedirectException(
                        "AMB1513",
                        program.getFirst()
                                + " hangs in "
                                + netns
                                + " (expected: an end within 15 s)");
            }
            return new Result(process.exitValue(), out, Files.readString(err));
        } catch (IOException e) {
            throw new RedirectException(
                    "AMB1512",
                    "cannot run "
                            + program.getFirst()
                            + " in "
                            + netns
                            + ": "
                            + e.getMessage()
                            + " (expected: nsenter, iptables and ip on the PATH)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedirectException("AMB1513", program.getFirst() + " interrupted");
        } finally {
            end(process, err);
        }
    }

    private static void end(
            @org.jspecify.annotations.Nullable Process process,
            @org.jspecify.annotations.Nullable Path err) {
        if (process != null) {
            process.destroyForcibly();
        }
        if (err != null) {
            try {
                Files.deleteIfExists(err);
            } catch (IOException e) {
                err.toFile().deleteOnExit();
            }
        }
    }

    /** Runs and gives the output; anything but success is an error that says what was tried. */
    String must(String code, String what, String input, List<String> program)
            throws RedirectException {
        Result r = run(input, program);
        if (!r.succeeded()) {
            throw new RedirectException(
                    code,
                    what
                            + " where: "
                            + netns
                            + " why: "
                            + String.join(" ", program)
                            + " ended with "
                            + r.exitCode()
                            + ": "
                            + r.complaint());
        }
        return r.out();
    }
}
