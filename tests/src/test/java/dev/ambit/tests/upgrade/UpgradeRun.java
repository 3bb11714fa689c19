package dev.ambit.tests.upgrade;

import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Running;
import dev.ambit.identity.ca.SigningKey;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.tests.mesh.EchoApp;
import dev.ambit.tests.mesh.Eventually;
import dev.ambit.tests.mesh.PodNet;
import dev.ambit.tests.mesh.TestMesh;
import dev.ambit.tests.mesh.TestPod;
import dev.ambit.tests.rig.CaFiles;
import dev.ambit.tests.rig.Footprint;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Two nodes, a client on one, a server on the other and one outside the mesh. Sessions are opened,
 * half to each; then ztunnels are replaced while they go on and others come.
 */
final class UpgradeRun implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Plan plan;
    private final Consumer<String> told;
    private final CaFiles ca = new CaFiles();
    private final TestMesh mesh;
    private final TestPod client;
    private final TestPod server;
    private final Map<String, Running> current = new HashMap<>();
    private final List<Outcome.Held> held = new ArrayList<>();

    UpgradeRun(Plan plan, Consumer<String> told) {
        this.plan = plan;
        this.told = told;
        mesh = new TestMesh("upgrade").replaceable().with("AMBIT_HANDOVER_LINGER", "3600s");
        mesh.withIstiod("AMBIT_CACERTS", ca.directory().toString());
        if (plan.rotate()) {
            mesh.with("SECRET_TTL", "60s");
        }
        Path peer = plan.peer();
        if (peer != null) {
            mesh.ztunnelOn("n2", List.of(peer.toString(), "proxy", "ztunnel"));
            mesh.with("ISTIO_META_DNS_CAPTURE", "false");
        }
        client = mesh.pod(mesh.node1(), "client");
        server = mesh.pod(mesh.node2(), "server");
    }

    Outcome run() throws IOException {
        mesh.start().awaitEnrolled(client, server);
        mesh.bed().nodes().forEach(n -> current.put(n.name(), mesh.process("ztunnel-" + n.name())));
        String outside = mesh.bed().fabric().address();
        try (Netns fabric = Netns.open(mesh.bed().fabric().netns());
                EchoApp inside = new EchoApp(server.net(), 8001);
                EchoApp beyond = new EchoApp(new PodNet(fabric), 9001);
                Newcomers newcomers =
                        new Newcomers(client, server.ip(), outside, plan.perSecond())) {
            note(newcomers, "first, without sessions");
            List<Session> sessions = sessions(outside);
            sessions.forEach(Session::count);
            newcomers.count();
            told.accept(sessions.size() + " sessions are open");
            newcomers.awaitMore(plan.calm());
            sessions.forEach(Session::calmIsOver);
            upgrades(newcomers);
            newcomers.stop();
            sessions.forEach(Session::finish);
            Outcome outcome =
                    new Outcome(
                            sessions.stream().map(Session::outcome).toList(),
                            newcomers.refused(),
                            newcomers.millis(),
                            held);
            told.accept(
                    "connections that came, inside: %d, outside: %d"
                            .formatted(inside.accepted(), beyond.accepted()));
            theOldOnesEndByThemselves();
            note(newcomers, "last, without sessions");
            return outcome;
        }
    }

    /** Of every four, two talk and two are idle; of either kind one goes through the mesh. */
    private List<Session> sessions(String outside) throws IOException {
        List<Session> sessions = new ArrayList<>();
        for (int i = 0; i < plan.sessions(); i++) {
            Socket socket =
                    i % 4 < 2 ? client.connect(server.ip(), 8001) : client.connect(outside, 9001);
            // Idle ones say their last word long after their first.
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            sessions.add(new Session(socket, i % 2 == 0, plan.pauseMillis(), i));
        }
        return sessions;
    }

    private void upgrades(Newcomers newcomers) {
        for (int i = 0; i < plan.upgrades(); i++) {
            if (plan.rotate() && i == plan.upgrades() / 2) {
                rotate();
            }
            boolean far = i % 3 == 2 && plan.peer() == null;
            upgrade(far ? mesh.node2() : mesh.node1());
            if (!far) {
                note(newcomers, "after upgrade " + (i + 1));
            }
        }
    }

    /** What the client's ztunnel holds while no new connection is open. */
    private void note(Newcomers newcomers, String when) {
        newcomers.without(
                () -> held.add(new Outcome.Held(when, Footprint.of(now(mesh.node1()).pid()))));
    }

    private Running now(Node node) {
        Running running = current.get(node.name());
        if (running == null) {
            throw new IllegalStateException("no ztunnel on " + node.name());
        }
        return running;
    }

    private void upgrade(Node node) {
        Running old = now(node);
        Running next = mesh.startZtunnel(node);
        next.await(
                "serving in place of the old one",
                PATIENCE,
                () -> next.logText().contains("waiting for the next process"));
        next.await(
                "ready",
                PATIENCE,
                () -> !TestMesh.get(node.netns(), 15021, "/healthz/ready").isEmpty());
        current.put(node.name(), next);
        told.accept(node.name() + ": " + next.pid() + " in place of " + old.pid());
    }

    /** As an operator does it: handed out first, signed with when every proxy has renewed. */
    private void rotate() {
        SigningKey old = ca.current();
        SigningKey next = CaFiles.fresh();
        ca.trust(old, next);
        renewed();
        ca.trust(next, old);
        ca.signWith(next);
        renewed();
        told.accept("another root signs");
    }

    private void renewed() {
        for (Node node : mesh.bed().nodes()) {
            List<String> before = serials(node);
            now(node)
                    .await(
                            "has renewed",
                            PATIENCE,
                            () -> {
                                List<String> serials = serials(node);
                                return !serials.isEmpty()
                                        && serials.stream().noneMatch(before::contains);
                            });
        }
    }

    private static List<String> serials(Node node) {
        String dump = TestMesh.get(node.netns(), 15000, "/config_dump");
        return dump.isEmpty() ? List.of() : dev.ambit.tests.mesh.ConfigDump.of(dump).serials();
    }

    private void theOldOnesEndByThemselves() {
        for (Node node : mesh.bed().nodes()) {
            Eventually.holds(
                    "one ztunnel is left on " + node.name(),
                    () ->
                            mesh.bed().running().stream()
                                            .filter(r -> r.name().equals("ztunnel-" + node.name()))
                                            .filter(Running::alive)
                                            .count()
                                    == 1);
        }
    }

    @Override
    public void close() {
        mesh.close();
        ca.remove();
    }
}
