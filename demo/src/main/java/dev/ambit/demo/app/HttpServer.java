package dev.ambit.demo.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Accepts, reads, asks the handler, writes: one virtual thread per connection. Counts both. */
final class HttpServer {

    private static final int BACKLOG = 512;

    /** Answers a request; a body and headers of its own, status first. */
    interface Handler {
        Answer answer(HttpMessage request);
    }

    /** What a handler says. */
    record Answer(int status, Map<String, String> headers, String body) {

        static Answer json(String body) {
            return new Answer(200, Map.of("content-type", "application/json"), body);
        }

        static Answer text(int status, String body) {
            return new Answer(status, Map.of("content-type", "text/plain"), body);
        }
    }

    private final ServerSocket socket;
    private final Handler handler;
    private final LongAdder connections = new LongAdder();
    private final LongAdder requests = new LongAdder();

    private HttpServer(ServerSocket socket, Handler handler) {
        this.socket = socket;
        this.handler = handler;
    }

    static HttpServer listen(@Nullable InetAddress address, int port, Handler handler)
            throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(address, port), BACKLOG);
        HttpServer server = new HttpServer(socket, handler);
        Thread.startVirtualThread(server::accept);
        return server;
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Connections accepted so far: what the application has seen of the network. */
    long connections() {
        return connections.sum();
    }

    long requests() {
        return requests.sum();
    }

    void close() throws IOException {
        socket.close();
    }

    private void accept() {
        while (true) {
            try {
                Socket peer = socket.accept();
                connections.increment();
                Thread.startVirtualThread(() -> serve(peer));
            } catch (IOException e) {
                if (socket.isClosed()) {
                    return;
                }
                System.out.println("accept failed: " + e);
            }
        }
    }

    private void serve(Socket peer) {
        try (peer) {
            peer.setTcpNoDelay(true);
            BufferedInputStream in = new BufferedInputStream(peer.getInputStream());
            for (HttpMessage r = HttpMessage.read(in); r != null; r = HttpMessage.read(in)) {
                requests.increment();
                Answer answer = handler.answer(r);
                Map<String, String> headers = new TreeMap<>(answer.headers());
                if (r.close()) {
                    headers.put("connection", "close");
                }
                new HttpMessage(
                                "HTTP/1.1 " + answer.status() + " " + reason(answer.status()),
                                headers,
                                answer.body())
                        .write(peer.getOutputStream());
                if (r.close()) {
                    return;
                }
            }
        } catch (IOException | NumberFormatException e) {
            System.out.println("connection from " + peer.getRemoteSocketAddress() + ": " + e);
        }
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 404 -> "Not Found";
            case 503 -> "Service Unavailable";
            default -> "Status";
        };
    }
}
