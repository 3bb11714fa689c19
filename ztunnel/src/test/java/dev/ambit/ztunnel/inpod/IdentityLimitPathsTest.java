package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpPort;
import dev.ambit.ztunnel.inpod.LoopbackMesh.LoopbackPod;
import dev.ambit.ztunnel.policy.IdentityLimits;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A limit on source identities, through real sockets and TLS. */
final class IdentityLimitPathsTest {

    private final LoopbackMesh mesh = new LoopbackMesh();

    @AfterEach
    void closeMesh() {
        mesh.close();
    }

    /** False if it was cut. */
    private static boolean echoes(Socket socket) throws IOException {
        try {
            socket.getOutputStream().write(7);
            return socket.getInputStream().read() == 7;
        } catch (SocketException cut) {
            return false;
        }
    }

    /** A refusal may come before the client has seen its connection. */
    private static boolean isServed(LoopbackPod client, IpPort to) throws IOException {
        try (Socket socket = client.connect(to)) {
            return echoes(socket);
        } catch (SocketException refused) {
            return false;
        }
    }

    @Test
    @Timeout(60)
    void refusesMoreConnectionsOfOneIdentityAndNoOtherUntilOneHasEnded() throws Exception {
        LoopbackPod client = mesh.pod("client");
        LoopbackPod other = mesh.pod("other");
        mesh.limits = new IdentityLimits.Rules(2, 0, null);
        LoopbackPod server = mesh.pod("server");
        List<Socket> open = new ArrayList<>();
        try (EchoApp app = new EchoApp(server.address)) {
            for (int i = 0; i < 2; i++) {
                open.add(client.connect(server.at(app.port())));
                assertThat(echoes(open.getLast())).isTrue();
            }
            assertThat(isServed(client, server.at(app.port()))).isFalse();
            assertThat(isServed(other, server.at(app.port()))).isTrue();
            assertThat(app.connections()).isEqualTo(3);
            assertThat(
                            mesh.metric(
                                    "istio_tcp_connections_failed_total",
                                    "destination",
                                    "\"IDENTITY_LIMIT\""))
                    .isEqualTo(1);
            open.removeFirst().close();
            // Its end reaches the server's side when its own echo has ended too.
            boolean admitted = false;
            while (!admitted) {
                admitted = isServed(client, server.at(app.port()));
            }
            assertThat(echoes(open.getFirst())).isTrue();
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }
}
