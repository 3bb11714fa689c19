package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many connections, much change, bad objects, no ports left, peers that die without a word. */
final class EnduranceTest {

    /** Code compiled meanwhile, and garbage that is not worth a collection. */
    private static final long GIVEN_BACK_KIB = 14 * 1024;

    private static final int HELD = Integer.getInteger("ambit.held", 500);
    private static final int CHANGES = Integer.getInteger("ambit.changes", 300);
    private static final int MUTANTS = Integer.getInteger("ambit.mutants", 60);

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod server;
    private static TestPod outsideServer;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("EnduranceTest");
        mesh = new TestMesh("endure");
        mesh.cluster().apply("namespace-outside", TestCluster.namespace("outside", Map.of()));
        mesh.with("POOL_UNUSED_RELEASE_TIMEOUT", "5s");
        mesh.with("USER_TIMEOUT_ENABLED", "true");
        mesh.with("KEEPALIVE_TIME", "1s");
        mesh.with("KEEPALIVE_INTERVAL", "1s");
        mesh.with("KEEPALIVE_RETRIES", "2");
        client = mesh.pod(mesh.node1(), "client");
        server = mesh.pod(mesh.node2(), "server");
        outsideServer = mesh.pod(mesh.node2(), "outside", "plain", Map.of("app", "plain"));
        mesh.start().awaitEnrolled(client, server);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    /**
     * M38: what a held connection costs, that it is given back, and that a second storm costs no
     * more.
     */
    @Test
    void heldConnectionsAreCheapAndTheirMemoryIsUsedAgain() throws IOException {
        try (EchoApp app = new EchoApp(server.net(), 8001)) {
            long before = anonymousKib();
            long descriptors = descriptors();
            long first = anonymousWith(HELD) - before;
            Eventually.holds("descriptors are back", () -> descriptors() <= descriptors + 16);
            Eventually.holds(
                    "memory is given back", () -> anonymousKib() <= before + GIVEN_BACK_KIB);
            long second = anonymousWith(HELD) - before;
            System.err.printf(
                    "M38: %d held connections cost the client's proxy %.1f KiB each, "
                            + "in a second storm %.1f%n",
                    HELD, (double) first / HELD, (double) second / HELD);
            assertThat(app.accepted()).isEqualTo(2 * HELD);
            assertThat(second).as("KiB above idle").isLessThan(first + 16 * 1024);
        }
    }

    private static long anonymousWith(int connections) throws IOException {
        List<Socket> held = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                Socket s = client.connect(server.ip(), 8001);
                held.add(s);
                assertThat(Talk.on(s, "held")).isEqualTo("held");
            }
            return anonymousKib();
        } finally {
            for (Socket s : held) {
                s.close();
            }
        }
    }

    /** M26: a burst of changes; the end state is that of the last of them, memory is bounded. */
    @Test
    void aBurstOfChangesEndsInTheLastState() {
        for (int i = 0; i < CHANGES; i++) {
            String name = "burst-" + i % 20;
            mesh.cluster().apply(name, NodeProxyTest.deny(name, "nobody" + i, client));
        }
        for (int i = 1; i < 20; i++) {
            mesh.cluster().delete("burst-" + i);
        }
        long from = System.nanoTime();
        Eventually.holds(
                "the first is left, the others are gone",
                () -> {
                    ConfigDump dump = dump();
                    return dump.hasPolicy("default", "burst-0")
                            && !dump.hasPolicy("default", "burst-1")
                            && !dump.hasPolicy("default", "burst-19");
                });
        System.err.printf(
                "M26: %d changes, the last in force after %d ms%n",
                CHANGES, Duration.ofNanos(System.nanoTime() - from).toMillis());
        mesh.cluster().delete("burst-0");
    }

    /** M22: objects mangled at random cost nobody the good ones. */
    @Test
    void mangledObjectsCostNoGoodOne() throws IOException {
        Random random = new Random(22);
        mesh.cluster().apply("good", NodeProxyTest.deny("good", "server", outsideServer));
        for (int i = 0; i < MUTANTS; i++) {
            // In a namespace of their own: what is still valid may well deny everything there.
            String valid =
                    NodeProxyTest.deny("mutant-" + i, "nobody", client)
                            .replace("namespace: default", "namespace: outside");
            mesh.cluster().apply("mutant-" + i, mangled(valid, random));
        }
        mesh.cluster().apply("after", NodeProxyTest.deny("after", "nobody", client));
        Eventually.holds(
                "an object written after them is in force",
                () -> dump().hasPolicy("default", "after"));
        assertThat(dump().hasPolicy("default", "good")).isTrue();
        assertThat(mesh.process("istiod").alive()).isTrue();
        try (EchoApp app = new EchoApp(server.net(), 8002)) {
            assertThat(Talk.once(client, server.ip(), 8002, "on")).isEqualTo("on");
            assertThat(app.accepted()).isEqualTo(1);
        }
        for (int i = 0; i < MUTANTS; i++) {
            mesh.cluster().delete("mutant-" + i);
        }
        mesh.cluster().delete("good");
        mesh.cluster().delete("after");
    }

    /** One to three bytes replaced, removed or doubled; never the names, which others use. */
    private static String mangled(String yaml, Random random) {
        StringBuilder s = new StringBuilder(yaml);
        int from = yaml.indexOf("spec:");
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = from + random.nextInt(s.length() - from);
            switch (random.nextInt(3)) {
                case 0 -> s.setCharAt(at, (char) (33 + random.nextInt(90)));
                case 1 -> s.deleteCharAt(at);
                default -> s.insert(at, s.charAt(at));
            }
        }
        return s.toString();
    }

    /** M37: without a free port the log says so, and what is open goes on. */
    @Test
    void aProxyWithoutAPortSaysSo() throws IOException {
        String range = "/proc/sys/net/ipv4/ip_local_port_range";
        run("cat " + range + " > /tmp/ambit-ports; echo '20000 20019' > " + range);
        List<SocketChannel> open = new ArrayList<>();
        try (EchoApp app = new EchoApp(outsideServer.net(), 8003);
                Socket tunnel = tunnel()) {
            // The application brings its own ports, so that only the proxy looks for free ones.
            for (int port = 30000; port < 30040; port++) {
                open.add(connectFrom(port));
            }
            Eventually.holds(
                    "the log names the want of ports",
                    () ->
                            mesh.process("ztunnel-n1")
                                    .logText()
                                    .matches(
                                            "(?s).*([Cc]annot assign requested address|EADDRNOTAVAIL).*"));
            assertThat(app.accepted()).isPositive();
            assertThat(Talk.on(tunnel, "on")).isEqualTo("on");
        } finally {
            for (SocketChannel c : open) {
                c.close();
            }
            run("cat /tmp/ambit-ports > " + range + "; rm /tmp/ambit-ports");
        }
    }

    private static Socket tunnel() throws IOException {
        EchoApp app = new EchoApp(server.net(), 8004);
        Socket s = client.connect(server.ip(), 8004);
        assertThat(Talk.on(s, "before")).isEqualTo("before");
        assertThat(app.accepted()).isEqualTo(1);
        return s;
    }

    private static SocketChannel connectFrom(int port) throws IOException {
        SocketChannel c =
                client.netns()
                        .call(
                                () -> {
                                    try {
                                        return SocketChannel.open();
                                    } catch (IOException e) {
                                        throw new java.io.UncheckedIOException(e);
                                    }
                                });
        c.bind(new InetSocketAddress(client.ip(), port));
        c.connect(new InetSocketAddress(outsideServer.ip(), 8003));
        return c;
    }

    /** M40: the receiver's node is silent for good; the sender hears of it, buffers are freed. */
    @Test
    void aSenderToADeadReceiverIsToldAndNothingIsKept() throws IOException {
        TestPod doomed = mesh.pod(mesh.node2(), "doomed");
        mesh.awaitEnrolled(doomed);
        long before = descriptors();
        String dead = "FORWARD -d " + doomed.ip() + " -j DROP";
        try (EchoApp app = new EchoApp(doomed.net(), 8005);
                Socket s = client.connect(doomed.ip(), 8005)) {
            assertThat(Talk.on(s, "alive")).isEqualTo("alive");
            runOn(dead, "-A");
            Thread writer = Thread.ofPlatform().daemon().start(() -> writeForEver(s));
            Eventually.holds("the sender is told", () -> !writer.isAlive());
            assertThat(app.accepted()).isEqualTo(1);
        } finally {
            runOn(dead, "-D");
        }
        Eventually.holds("no descriptor is kept", () -> descriptors() <= before + 16);
    }

    private static void writeForEver(Socket s) {
        byte[] much = new byte[1 << 16];
        try {
            while (true) {
                s.getOutputStream().write(much);
            }
        } catch (IOException told) {
            // which is what the test waits for
        }
    }

    private static ConfigDump dump() {
        return ConfigDump.of(TestMesh.get(mesh.node1().netns(), 15000, "/config_dump"));
    }

    private static void runOn(String rule, String verb) {
        assertThat(
                        mesh.bed()
                                .exec(
                                        mesh.node1(),
                                        TestMesh.PATIENCE,
                                        "sh",
                                        "-c",
                                        "iptables -w " + verb + " " + rule)
                                .exit())
                .isZero();
    }

    private static void run(String line) {
        assertThat(mesh.bed().exec(client.place(), TestMesh.PATIENCE, "sh", "-c", line).exit())
                .as(line)
                .isZero();
    }

    /** Heap, direct memory and malloc; what is mapped from files is shared, and not for ever. */
    private static long anonymousKib() {
        Path status = Path.of("/proc/" + mesh.process("ztunnel-n1").pid() + "/status");
        try (var lines = Files.lines(status)) {
            return lines.filter(l -> l.startsWith("RssAnon:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long descriptors() {
        Path fds = Path.of("/proc/" + mesh.process("ztunnel-n1").pid() + "/fd");
        try (var all = Files.list(fds)) {
            return all.count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
