package dev.ambit.runtime.testing;

import dev.ambit.runtime.linux.Netns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace made for one test by {@code ip netns} and removed with it; its loopback is
 * up. Needs root; ask {@link #unavailable()} first and skip with its reason.
 */
public final class TestNetns implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name;
    private final Netns netns;

    private TestNetns(String name) {
        this.name = name;
        this.netns = Netns.open(path());
    }

    /** Why no namespace can be made here, or empty. */
    public static Optional<String> unavailable() {
        String user = System.getProperty("user.name");
        if (!"root".equals(user)) {
            return Optional.of("network namespaces need root (running as " + user + ")");
        }
        boolean ip =
                Files.isExecutable(Path.of("/usr/sbin/ip"))
                        || Files.isExecutable(Path.of("/sbin/ip"));
        return ip ? Optional.empty() : Optional.of("network namespaces need ip(8) of iproute2");
    }

    public static TestNetns create() {
        String name = "ambit-t" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
        run(List.of("ip", "netns", "add", name));
        TestNetns made = new TestNetns(name);
        made.exec("ip", "link", "set", "lo", "up");
        return made;
    }

    public String name() {
        return name;
    }

    public Path path() {
        return Path.of("/run/netns", name);
    }

    /** Open as long as this fixture is. */
    public Netns netns() {
        return netns;
    }

    /** Runs a command inside and gives its output; a failure is an error with that output. */
    public String exec(String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(command));
        return run(all);
    }

    private static String run(List<String> command) {
        try {
            Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
            String out =
                    new String(
                            p.getInputStream().readAllBytes(),
                            java.nio.charset.StandardCharsets.UTF_8);
            int code = p.waitFor();
            if (code != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + ": exit " + code + ": " + out);
            }
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        netns.close();
        run(List.of("ip", "netns", "del", name));
    }
}
