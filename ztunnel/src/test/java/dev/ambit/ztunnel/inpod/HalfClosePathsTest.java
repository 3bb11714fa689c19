package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** M33: a client that has said everything still hears the whole answer. */
final class HalfClosePathsTest {

    /** The long form is {@code -Dambit.halfclose.sessions=10000}, some minutes. */
    private static final int SESSIONS = Integer.getInteger("ambit.halfclose.sessions", 300);

    private static final int ANSWER = 20_000;

    private final LoopbackMesh mesh = new LoopbackMesh();

    @AfterEach
    void closeMesh() {
        mesh.close();
    }

    @Test
    void answersThatComeAfterTheClientsEndArriveWholeAndWithoutAReset() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod server = mesh.pod("server");
        try (ServerSocket app = new ServerSocket()) {
            app.bind(new InetSocketAddress(server.address, 0));
            Thread.ofVirtual().start(() -> serve(app));
            for (int i = 0; i < SESSIONS; i++) {
                byte[] question = new byte[1 + i % 3_000];
                try (Socket socket = client.connect(server.at(app.getLocalPort()))) {
                    socket.getOutputStream().write(question);
                    socket.shutdownOutput();
                    // A reset anywhere would throw here.
                    assertThat(socket.getInputStream().readAllBytes())
                            .hasSize(ANSWER + question.length);
                }
            }
        }
        assertThat(mesh.metric("istio_tcp_connections_failed_total")).isZero();
    }

    /** Hears everything before it says anything. */
    private static void serve(ServerSocket app) {
        while (!app.isClosed()) {
            try (Socket socket = app.accept()) {
                int heard = socket.getInputStream().readAllBytes().length;
                socket.getOutputStream().write(new byte[ANSWER + heard]);
            } catch (IOException closed) {
                return;
            }
        }
    }
}
