package dev.ambit.waypoint;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A tiny application that says its name; remembers what it was asked. */
final class HttpDestination implements AutoCloseable {

    final AtomicInteger requests = new AtomicInteger();
    final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    record Asked(String method, String uri, com.sun.net.httpserver.Headers headers, String body) {}

    private HttpDestination(InetSocketAddress address, HttpHandler handler) {
        try {
            server = HttpServer.create(address, 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(executor);
        server.createContext("/", handler);
        server.start();
    }

    static HttpDestination named(String name) {
        return at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), name);
    }

    static HttpDestination at(InetSocketAddress address, String name) {
        HttpDestination[] self = new HttpDestination[1];
        self[0] =
                new HttpDestination(
                        address,
                        exchange -> {
                            self[0].remember(exchange);
                            answer(exchange, 200, name);
                        });
        return self[0];
    }

    static HttpDestination with(HttpHandler handler) {
        HttpDestination[] self = new HttpDestination[1];
        self[0] =
                new HttpDestination(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        exchange -> {
                            self[0].requests.incrementAndGet();
                            handler.handle(exchange);
                        });
        return self[0];
    }

    private void remember(HttpExchange exchange) throws IOException {
        int number = requests.incrementAndGet();
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (number <= 100) {
            asked.add(
                    new Asked(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            exchange.getRequestHeaders(),
                            new String(body, StandardCharsets.UTF_8)));
        }
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean none = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
        if (!none) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    int port() {
        return server.getAddress().getPort();
    }

    TestMesh.Destination destination() {
        return TestMesh.Destination.plain(port());
    }

    @Override
    public void close() {
        server.stop(0);
        executor.close();
    }
}
