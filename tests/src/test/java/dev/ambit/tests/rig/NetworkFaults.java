package dev.ambit.tests.rig;

import dev.ambit.demo.bed.Node;
import dev.ambit.tests.mesh.NameServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What the link between the nodes does to packets, and what strangers send over it. */
final class NetworkFaults {

    private static final String RULE = "iptables -w -t filter ";
    private static final int FLOOD = 300;
    private static final int[] LOSS_PERCENT = {1, 5, 20};

    private NetworkFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.holding("loss", NetworkFaults::loss)
                        .unless(
                                s ->
                                        needs(
                                                s,
                                                "-A INPUT -m statistic --mode random --probability 0")),
                Fault.holding("rate", NetworkFaults::rate).unless(NetworkFaults::needsTbf),
                Fault.holding("blackhole", NetworkFaults::blackhole),
                Fault.resetting("reset", NetworkFaults::reset)
                        .unless(s -> needs(s, "-A INPUT -p tcp --dport 1 -j REJECT")),
                Fault.unnoticed("dns-dead", NetworkFaults::dnsDead),
                Fault.holding("flood", NetworkFaults::flood));
    }

    private static List<String> loss(Stage stage, Random random, Duration time) {
        double share = LOSS_PERCENT[random.nextInt(LOSS_PERCENT.length)] / 100.0;
        String match = "-m statistic --mode random --probability " + share + " -j DROP";
        during(stage, time, List.of("FORWARD -o up0 " + match, "FORWARD -i up0 " + match));
        return List.of();
    }

    private static List<String> rate(Stage stage, Random random, Duration time) {
        int mbit = 2 + random.nextInt(18);
        for (Node n : stage.mesh().bed().nodes()) {
            stage.must(
                    n,
                    "tc qdisc add dev up0 root tbf rate " + mbit + "mbit burst 32k latency 50ms");
        }
        try {
            Stage.last(time);
        } finally {
            for (Node n : stage.mesh().bed().nodes()) {
                stage.must(n, "tc qdisc del dev up0 root");
            }
        }
        return List.of();
    }

    private static List<String> blackhole(Stage stage, Random random, Duration time) {
        // Half of the times one way only.
        List<String> rules = new ArrayList<>(List.of("FORWARD -o up0 -j DROP"));
        if (random.nextBoolean()) {
            rules.add("FORWARD -i up0 -j DROP");
        }
        during(stage, time, rules);
        return List.of();
    }

    private static List<String> reset(Stage stage, Random random, Duration time) {
        String reject = " -j REJECT --reject-with tcp-reset";
        during(
                stage,
                time,
                List.of(
                        "FORWARD -p tcp --dport 15008" + reject,
                        "FORWARD -p tcp --sport 15008" + reject));
        return List.of();
    }

    /** Names of the mesh need no name server, and a name asked before is told again (M41). */
    private static List<String> dnsDead(Stage stage, Random random, Duration time) {
        List<String> found = new ArrayList<>();
        stage.nameServer(false);
        try {
            if (!stage.lookUp(Stage.OUTER_NAME).equals(NameServer.ANSWER)) {
                found.add("the last answer was not given again");
            }
            String unknown = stage.lookUp("never-asked.example.net");
            if (!unknown.startsWith("code ")) {
                found.add("a name nobody knows is \"" + unknown + "\"");
            }
            Stage.last(time);
        } finally {
            stage.nameServer(true);
        }
        return found;
    }

    /** Rules on every node for a time. */
    private static void during(Stage stage, Duration time, List<String> rules) {
        for (Node n : stage.mesh().bed().nodes()) {
            rules.forEach(r -> stage.must(n, RULE + "-A " + r));
        }
        try {
            Stage.last(time);
        } finally {
            for (Node n : stage.mesh().bed().nodes()) {
                rules.forEach(r -> stage.must(n, RULE + "-D " + r));
            }
        }
    }

    /** Strangers connect to the tunnel port and say nothing, nonsense, or half a handshake. */
    private static List<String> flood(Stage stage, Random random, Duration time)
            throws IOException {
        List<SocketChannel> strangers = new ArrayList<>();
        List<String> found = new ArrayList<>();
        InetSocketAddress target = new InetSocketAddress(stage.server().ip(), 15008);
        long until = System.nanoTime() + time.toNanos();
        try {
            do {
                for (int i = 0; i < FLOOD; i++) {
                    SocketChannel c = stage.outsider().netns().call(NetworkFaults::socket);
                    strangers.add(c);
                    c.configureBlocking(false);
                    c.connect(target);
                }
                for (SocketChannel c : strangers) {
                    say(c, random);
                }
                if (!stage.reaches(stage.client(), stage.server())) {
                    found.add("no new connection during the flood");
                }
            } while (System.nanoTime() < until && strangers.size() < 10 * FLOOD);
        } finally {
            for (SocketChannel c : strangers) {
                c.close();
            }
        }
        return found;
    }

    private static void say(SocketChannel c, Random random) {
        byte[] bytes = new byte[random.nextInt(600)];
        random.nextBytes(bytes);
        if (random.nextBoolean() && bytes.length > 9) {
            // The head of a ClientHello that promises more than will come.
            byte[] hello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 252};
            System.arraycopy(hello, 0, bytes, 0, hello.length);
        }
        try {
            if (c.finishConnect() && random.nextInt(3) > 0) {
                c.write(ByteBuffer.wrap(bytes));
            }
        } catch (IOException refused) {
            // which is what should happen to it
        }
    }

    private static SocketChannel socket() {
        try {
            return SocketChannel.open();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Optional<String> needs(Stage stage, String rule) {
        Node n = stage.mesh().node1();
        boolean can = stage.can(n, RULE + rule + " && " + RULE + rule.replace("-A ", "-D "));
        return can ? Optional.empty() : Optional.of("iptables of this kernel cannot " + rule);
    }

    private static Optional<String> needsTbf(Stage stage) {
        String add = "tc qdisc add dev lo root tbf rate 1mbit burst 32k latency 50ms";
        boolean can = stage.can(stage.mesh().node1(), add + " && tc qdisc del dev lo root");
        return can ? Optional.empty() : Optional.of("this kernel has no tbf");
    }
}
