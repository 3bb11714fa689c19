package dev.ambit.waypoint;

import static dev.ambit.waypoint.RawSockets.connect;
import static dev.ambit.waypoint.RawSockets.head;
import static dev.ambit.waypoint.RawSockets.lines;
import static dev.ambit.waypoint.RawSockets.rest;
import static dev.ambit.waypoint.RawSockets.send;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.ServicePort.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes on sockets: malformed requests, pipelines, old clients, answers nobody asked for. */
final class RawTest {

    private final TestMesh mesh = new TestMesh();
    private final RawSockets sockets = new RawSockets();

    @AfterEach
    void close() {
        sockets.close();
        mesh.close();
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
                            sockets.threads);
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
    void anAnswerNobodyAskedForNeverReachesTheNextRequest() throws Exception {
        try (ServerSocket server =
                sockets.server(
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
}
