package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Running;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * J03: many connections whose receivers read nothing, and little memory for buffers. Those may end,
 * or the process, to be started again at once; it never lingers: whoever comes afterwards is
 * served.
 */
final class DirectMemoryTest {

    private static final int HOARDERS = Integer.getInteger("ambit.hoarders", 300);
    private static final String LIMIT = "-XX:MaxDirectMemorySize=12m";
    private static final int WITHOUT_MEMORY = 3;
    private static final int IN_A_ROW = 50;
    private static final int PIECE = 64 * 1024;
    private static final int MOST = 8 << 20;

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod server;

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("DirectMemoryTest");
        mesh = new TestMesh("direct");
        for (var node : mesh.bed().nodes()) {
            List<String> command = new ArrayList<>(Processes.ztunnel());
            command.add(command.indexOf("-cp"), LIMIT);
            mesh.ztunnelOn(node.name(), command);
        }
        client = mesh.pod(mesh.node1(), "client");
        server = mesh.pod(mesh.node2(), "server");
        mesh.start().awaitEnrolled(client, server);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @Test
    void whoeverComesAfterAnExhaustionIsServed() throws IOException {
        List<Running> proxies = List.of(mesh.process("ztunnel-n1"), mesh.process("ztunnel-n2"));
        List<SocketChannel> accepted = new ArrayList<>();
        List<Socket> hoarders = new ArrayList<>();
        int ended = 0;
        try (ServerSocketChannel deaf = server.net().listen(8001);
                EchoApp app = new EchoApp(server.net(), 8002)) {
            deaf.configureBlocking(false);
            for (int i = 0; i < HOARDERS; i++) {
                try {
                    Socket s = client.connect(server.ip(), 8001);
                    hoarders.add(s);
                    // Not all get that far.
                    SocketChannel c = deaf.accept();
                    if (c != null) {
                        accepted.add(c);
                    }
                    ended += fill(s) ? 0 : 1;
                } catch (IOException refused) {
                    ended++;
                }
            }
            for (Socket s : hoarders) {
                s.close();
            }
            for (SocketChannel c : accepted) {
                c.close();
            }
            Eventually.holds(
                    "new connections are served, one after the other",
                    () -> {
                        mesh.bed().nodes().forEach(DirectMemoryTest::restartIfEnded);
                        return IntStream.range(0, IN_A_ROW)
                                .allMatch(
                                        i ->
                                                Talk.once(client, server.ip(), 8002, "on " + i)
                                                        .equals("on " + i));
                    });
            assertThat(app.accepted()).isGreaterThanOrEqualTo(IN_A_ROW);
        }
        System.err.printf("J03: %d of %d connections ended for want of memory%n", ended, HOARDERS);
        for (Running proxy : proxies) {
            assertThat(proxy.alive() || proxy.exit() == WITHOUT_MEMORY).isTrue();
            assertThat(proxy.logText()).doesNotContain("LEAK:");
        }
    }

    /** As its container would be. */
    private static void restartIfEnded(Node node) {
        if (mesh.alive("ztunnel-" + node.name()) == 0) {
            mesh.startZtunnel(node);
            mesh.awaitZtunnel(node);
            System.err.println("J03: the proxy of " + node.name() + " was started again");
        }
    }

    /** Sends until nothing more goes; false if the connection was ended. */
    private static boolean fill(Socket s) {
        try {
            SocketChannel channel = s.getChannel();
            channel.configureBlocking(false);
            java.nio.ByteBuffer piece = java.nio.ByteBuffer.allocate(PIECE);
            int stuck = 0;
            for (int sent = 0; sent < MOST && stuck < 5; ) {
                piece.clear();
                int n = channel.write(piece);
                sent += n;
                stuck = n == 0 ? stuck + 1 : 0;
                if (n == 0) {
                    java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
                }
            }
            return true;
        } catch (SocketTimeoutException full) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }
}
