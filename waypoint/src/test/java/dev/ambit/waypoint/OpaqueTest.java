package dev.ambit.waypoint;

import static dev.ambit.waypoint.RawSockets.connect;
import static dev.ambit.waypoint.RawSockets.head;
import static dev.ambit.waypoint.RawSockets.line;
import static dev.ambit.waypoint.RawSockets.lines;
import static dev.ambit.waypoint.RawSockets.rest;
import static dev.ambit.waypoint.RawSockets.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.ServicePort.Protocol;
import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import dev.ambit.api.waypoint.WaypointPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that are no HTTP, or no longer: relayed as they are. */
final class OpaqueTest {

    private final TestMesh mesh = new TestMesh();
    private final RawSockets sockets = new RawSockets();

    @AfterEach
    void close() {
        sockets.close();
        mesh.close();
    }

    @Test
    void webSocketsPassThrough() throws Exception {
        try (ServerSocket server =
                sockets.server(
                        socket -> {
                            String head = head(socket.getInputStream());
                            if (!head.toLowerCase(java.util.Locale.ROOT)
                                    .contains("upgrade: websocket")) {
                                return;
                            }
                            send(
                                    socket,
                                    lines(
                                                    "HTTP/1.1 101 Switching Protocols",
                                                    "Upgrade: websocket",
                                                    "Connection: Upgrade",
                                                    "Sec-WebSocket-Accept: x")
                                            + "early");
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        })) {
            mesh.service(
                    "reviews", Protocol.HTTP11, TestMesh.Destination.plain(server.getLocalPort()));
            try (Socket socket = connect(mesh.open("reviews"))) {
                send(
                        socket,
                        lines(
                                "GET /ws HTTP/1.1",
                                "Host: a",
                                "Upgrade: websocket",
                                "Connection: Upgrade",
                                "Sec-WebSocket-Key: x",
                                "Sec-WebSocket-Version: 13"));
                InputStream in = socket.getInputStream();
                assertThat(head(in)).startsWith("HTTP/1.1 101 ");
                assertThat(new String(in.readNBytes(5), StandardCharsets.UTF_8)).isEqualTo("early");
                send(socket, "frame");
                assertThat(new String(in.readNBytes(5), StandardCharsets.UTF_8)).isEqualTo("frame");
                socket.shutdownOutput();
                assertThat(in.read()).isEqualTo(-1);
            }
        }
        Eventually.holds(() -> mesh.metrics().contains("response_code=\"101\""));
    }

    @Test
    void anUnwantedSwitchOfProtocolsIsAnError() throws Exception {
        try (ServerSocket server =
                sockets.server(
                        socket -> {
                            head(socket.getInputStream());
                            send(
                                    socket,
                                    lines(
                                            "HTTP/1.1 101 Switching Protocols",
                                            "Upgrade: websocket",
                                            "Connection: Upgrade",
                                            "",
                                            "HTTP/1.1 200 OK"));
                        })) {
            mesh.service(
                    "reviews", Protocol.HTTP11, TestMesh.Destination.plain(server.getLocalPort()));
            try (Socket socket = connect(mesh.open("reviews"))) {
                send(socket, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
                assertThat(rest(socket)).startsWith("HTTP/1.1 502 ");
            }
        }
    }

    @Test
    void bytesThatAreNoHttpAreRelayed() throws Exception {
        try (ServerSocket server =
                sockets.server(
                        socket -> socket.getInputStream().transferTo(socket.getOutputStream()))) {
            mesh.service(
                    "redis", Protocol.UNSET, TestMesh.Destination.plain(server.getLocalPort()));
            try (Socket socket = connect(mesh.open("redis"))) {
                send(socket, "*1\r\n$4\r\nPING\r\n");
                assertThat(line(socket.getInputStream())).isEqualTo("*1");
                socket.shutdownOutput();
                assertThat(rest(socket)).isEqualTo("$4\r\nPING\r\n");
            }
            try (Socket socket = connect(mesh.open("redis"))) {
                send(socket, "GET");
                socket.shutdownOutput();
                assertThat(rest(socket)).isEqualTo("GET");
            }
        }
        Eventually.holds(
                () ->
                        mesh.metrics()
                                .lines()
                                .anyMatch(
                                        l ->
                                                l.startsWith("istio_tcp_received_bytes_total")
                                                        && l.endsWith(" 17.0")));
        assertThat(mesh.metrics()).contains("istio_tcp_connections_closed_total");
    }

    @Test
    void aServerMaySpeakFirstOnADeclaredPort() throws Exception {
        try (ServerSocket server =
                sockets.server(
                        socket -> {
                            send(socket, "220 hello\r\n");
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        })) {
            mesh.service("mail", Protocol.TCP, TestMesh.Destination.plain(server.getLocalPort()));
            try (Socket socket = connect(mesh.open("mail"))) {
                assertThat(line(socket.getInputStream())).isEqualTo("220 hello");
                send(socket, "GET / HTTP/1.1\r\n");
                assertThat(line(socket.getInputStream())).isEqualTo("GET / HTTP/1.1");
            }
        }
    }

    /** The destination's own proxy sees the waypoint, so nobody else would end it. */
    @Test
    void aPolicyThatComesEndsTheOpenConnectionItDenies() throws Exception {
        try (ServerSocket server =
                sockets.server(
                        socket -> {
                            send(socket, "220 hello\r\n");
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        })) {
            mesh.service("mail", Protocol.TCP, TestMesh.Destination.plain(server.getLocalPort()));
            try (Socket socket = connect(mesh.open("mail"))) {
                assertThat(line(socket.getInputStream())).isEqualTo("220 hello");
                mesh.policy(policy("for-others", new ValueMatch.Exact("nobody")));
                send(socket, "still here\r\n");
                assertThat(line(socket.getInputStream())).isEqualTo("still here");
                mesh.policy(policy("for-all", new ValueMatch.Presence()));
                assertThat(end(socket)).isEmpty();
            }
        }
    }

    private static String end(Socket socket) throws IOException {
        try {
            return rest(socket);
        } catch (java.net.SocketException reset) {
            return "";
        }
    }

    private static WaypointPolicy policy(String name, ValueMatch namespace) {
        Condition from =
                new Condition.OfText(
                        "source.namespace", new Values<>(List.of(namespace), List.of()));
        return new WaypointPolicy(
                TestMesh.NAMESPACE,
                name,
                List.of(new PolicyTarget.ToService(TestMesh.host("mail"))),
                new HttpAuthorization(
                        HttpAuthorization.Action.DENY,
                        false,
                        List.of(new AuthorizationRule(List.of(), List.of(), List.of(from)))));
    }
}
