package dev.ambit.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.ServicePort.Protocol;
import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import dev.ambit.api.waypoint.WaypointPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes on sockets: malformed requests, upgrades, opaque protocols, ends of connections. */
final class RawTest {

    private final TestMesh mesh = new TestMesh();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        threads.shutdownNow();
        mesh.close();
    }

    private interface Talk {
        void on(Socket socket) throws IOException;
    }

    /** A server for one connection after another. */
    private ServerSocket server(Talk talk) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(
                () -> {
                    while (true) {
                        try {
                            Socket socket = server.accept();
                            threads.execute(
                                    () -> {
                                        try (socket) {
                                            talk.on(socket);
                                        } catch (IOException e) {
                                            return;
                                        }
                                    });
                        } catch (IOException e) {
                            return;
                        }
                    }
                });
        return server;
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Lines of a head and the empty one after it. */
    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b;
        while ((b = in.read()) >= 0 && b != '\n') {
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        String line = line(in);
        while (!line.isEmpty()) {
            head.append(line).append('\n');
            line = line(in);
        }
        return head.toString();
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
                "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
            })
    void malformedRequestsGet400AndNobodyElseSeesThem(String wire) throws Exception {
        try (HttpDestination app = HttpDestination.named("v1")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            try (Socket socket = connect(mesh.open("reviews"))) {
                send(socket, wire + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
                String answer = rest(socket);
                assertThat(answer).startsWith("HTTP/1.1 400 Bad Request\r\n");
                assertThat(answer.toLowerCase(java.util.Locale.ROOT)).contains("connection: close");
                assertThat(answer).doesNotContain("200 OK");
            }
            assertThat(app.requests.get()).isZero();
        }
        assertThat(mesh.metrics()).contains("response_flags=\"DPE\"");
    }

    @Test
    void tooLargeAHeadGets431() throws Exception {
        mesh.service("reviews", Protocol.HTTP11);
        int port = mesh.open("reviews");
        try (Socket socket = connect(port)) {
            send(socket, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(70_000) + "\r\n\r\n");
            assertThat(rest(socket)).startsWith("HTTP/1.1 431 ");
        }
        try (Socket socket = connect(port)) {
            send(socket, "GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(200) + "\r\n");
            assertThat(rest(socket)).startsWith("HTTP/1.1 431 ");
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInOrder() throws Exception {
        try (HttpDestination app =
                HttpDestination.with(
                        exchange ->
                                HttpDestination.answer(
                                        exchange, 200, exchange.getRequestURI().toString()))) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            try (Socket socket = connect(mesh.open("reviews"))) {
                StringBuilder all = new StringBuilder();
                for (int i = 0; i < 500; i++) {
                    all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
                }
                send(socket, all.toString());
                InputStream in = socket.getInputStream();
                for (int i = 0; i < 500; i++) {
                    String head = head(in);
                    assertThat(head).startsWith("HTTP/1.1 200 OK");
                    String expected = "/" + i;
                    assertThat(new String(in.readNBytes(expected.length()), StandardCharsets.UTF_8))
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void thousandsOfRefusedRequestsSentAheadDoNoHarm() throws Exception {
        mesh.service("reviews", Protocol.HTTP11);
        try (Socket socket = connect(mesh.open("reviews"))) {
            CompletableFuture<Integer> read =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return rest(socket).split("503 Service").length - 1;
                                } catch (IOException e) {
                                    return -1;
                                }
                            },
                            threads);
            for (int i = 0; i < 100; i++) {
                send(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100));
            }
            send(socket, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(read.join()).isEqualTo(10_001);
        }
    }

    @Test
    void expect100IsAnsweredHereAndOnlyAfterPolicy() throws Exception {
        try (HttpDestination app = HttpDestination.named("v1")) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            try (Socket socket = connect(mesh.open("reviews"))) {
                send(
                        socket,
                        lines(
                                "POST / HTTP/1.1",
                                "Host: a",
                                "Content-Length: 5",
                                "Expect: 100-continue",
                                "Connection: close"));
                assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 100 ");
                send(socket, "hello");
                assertThat(rest(socket)).contains("200 OK").endsWith("v1");
            }
            assertThat(app.asked.getFirst().body()).isEqualTo("hello");
            assertThat(app.asked.getFirst().headers().get("expect")).isNull();
        }
    }

    @Test
    void http10ClientsGetAnAnswerTheyUnderstand() throws Exception {
        try (HttpDestination app =
                HttpDestination.with(
                        exchange -> {
                            exchange.sendResponseHeaders(200, 0);
                            exchange.getResponseBody()
                                    .write("abc".getBytes(StandardCharsets.UTF_8));
                            exchange.close();
                        })) {
            mesh.service("reviews", Protocol.HTTP11, app.destination());
            try (Socket socket = connect(mesh.open("reviews"))) {
                send(socket, "GET / HTTP/1.0\r\n\r\n");
                String answer = rest(socket);
                assertThat(answer.toLowerCase(java.util.Locale.ROOT))
                        .doesNotContain("transfer-encoding");
                assertThat(answer).endsWith("\r\n\r\nabc");
            }
        }
    }

    @Test
    void webSocketsPassThrough() throws Exception {
        try (ServerSocket server =
                server(
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
                server(
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
    void anAnswerNobodyAskedForNeverReachesTheNextRequest() throws Exception {
        try (ServerSocket server =
                server(
                        socket -> {
                            head(socket.getInputStream());
                            send(
                                    socket,
                                    lines("HTTP/1.1 200 OK", "Content-Length: 2")
                                            + "ok"
                                            + lines("HTTP/1.1 200 OK", "Content-Length: 4")
                                            + "evil");
                            head(socket.getInputStream());
                        })) {
            mesh.service(
                    "reviews", Protocol.HTTP11, TestMesh.Destination.plain(server.getLocalPort()));
            try (Socket socket = connect(mesh.open("reviews"))) {
                for (int i = 0; i < 20; i++) {
                    send(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                    assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 200 OK");
                    byte[] body = socket.getInputStream().readNBytes(2);
                    assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo("ok");
                }
            }
        }
    }

    @Test
    void bytesThatAreNoHttpAreRelayed() throws Exception {
        try (ServerSocket server =
                server(socket -> socket.getInputStream().transferTo(socket.getOutputStream()))) {
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
                server(
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
                server(
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
