package dev.ambit.tests.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * M34: a reset by either application is a reset at the other one, and an end of stream is an end of
 * stream, on every kind of path, with the connection idle, half closed or full of unread bytes.
 */
final class ResetMappingTest {

    private static final int TIMES = Integer.getInteger("ambit.resets", 5);
    private static final int UNREAD = 100_000;

    private static TestMesh mesh;
    private static TestPod client;
    private static TestPod server;
    private static TestPod neighbour;
    private static TestPod outsider;
    private static TestPod outsideServer;

    /** Who ends the connection. */
    enum Side {
        CLIENT,
        SERVER
    }

    /** What has happened on it before. */
    enum Before {
        TALK,
        UNREAD_BYTES,
        HALF_CLOSE
    }

    /** How it ends. */
    enum Ending {
        RESET,
        END_OF_STREAM
    }

    @BeforeAll
    static void startTheMesh() {
        NeedsRoot.orSayThatItIsSkipped("ResetMappingTest");
        mesh = new TestMesh("resets");
        mesh.cluster()
                .apply("namespace-outside", TestCluster.namespace("outside", java.util.Map.of()));
        client = mesh.pod(mesh.node1(), "client");
        neighbour = mesh.pod(mesh.node1(), "neighbour");
        server = mesh.pod(mesh.node2(), "server");
        outsider = mesh.pod(mesh.node1(), "outside", "outsider", java.util.Map.of("app", "o"));
        outsideServer = mesh.pod(mesh.node2(), "outside", "plain", java.util.Map.of("app", "p"));
        mesh.start().awaitEnrolled(client, neighbour, server);
    }

    @AfterAll
    static void leaveNothingBehind() {
        if (mesh != null) {
            mesh.close();
        }
    }

    static Stream<Arguments> rows() {
        return Stream.of("across nodes", "on one node", "out of the mesh", "into the mesh")
                .flatMap(
                        path ->
                                Stream.of(Side.values())
                                        .flatMap(
                                                side ->
                                                        Stream.of(Before.values())
                                                                .map(
                                                                        b ->
                                                                                Arguments.of(
                                                                                        path, side,
                                                                                        b))));
    }

    private static TestPod from(String path) {
        return path.equals("into the mesh") ? outsider : client;
    }

    private static TestPod to(String path) {
        return switch (path) {
            case "on one node" -> neighbour;
            case "out of the mesh" -> outsideServer;
            default -> server;
        };
    }

    @ParameterizedTest(name = "{0}, by the {1}, after {2}")
    @MethodSource("rows")
    void aResetIsAResetOnTheOtherSide(String path, Side side, Before before) throws IOException {
        for (int i = 0; i < TIMES; i++) {
            assertThat(end(path, side, before, Ending.RESET)).isEqualTo("reset");
        }
    }

    @ParameterizedTest(name = "{0}, by the {1}, after {2}")
    @MethodSource("rows")
    void anEndIsAnEndOnTheOtherSide(String path, Side side, Before before) throws IOException {
        for (int i = 0; i < TIMES; i++) {
            assertThat(end(path, side, before, Ending.END_OF_STREAM)).isEqualTo("end");
        }
    }

    /** What the other side sees. */
    private static String end(String path, Side side, Before before, Ending ending)
            throws IOException {
        try (ServerSocketChannel listener = to(path).net().listen(8001);
                Socket near = from(path).connect(to(path).ip(), 8001);
                SocketChannel accepted = listener.accept()) {
            Socket far = accepted.socket();
            far.setSoTimeout(15_000);
            near.getOutputStream().write('x');
            assertThat(far.getInputStream().read()).isEqualTo('x');
            far.getOutputStream().write('y');
            assertThat(near.getInputStream().read()).isEqualTo('y');
            Socket ends = side == Side.CLIENT ? near : far;
            Socket sees = side == Side.CLIENT ? far : near;
            switch (before) {
                case TALK -> {}
                // Towards the one that ends, which never reads it.
                case UNREAD_BYTES -> {
                    if (ending == Ending.RESET) {
                        sees.getOutputStream().write(new byte[UNREAD]);
                    } else {
                        ends.getOutputStream().write(new byte[UNREAD]);
                    }
                }
                case HALF_CLOSE -> {
                    sees.shutdownOutput();
                    assertThat(ends.getInputStream().read()).isEqualTo(-1);
                }
            }
            if (ending == Ending.RESET) {
                ends.setSoLinger(true, 0);
                ends.close();
            } else {
                ends.shutdownOutput();
            }
            return seen(sees);
        }
    }

    private static String seen(Socket socket) {
        try {
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            return "end";
        } catch (java.net.SocketTimeoutException nothing) {
            return "nothing";
        } catch (IOException reset) {
            return "reset";
        }
    }
}
