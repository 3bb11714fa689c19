package dev.ambit.tests.mesh;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** An HTTP application in a pod; answers with its name, and can be told to fail or to hang. */
final class HttpApp implements AutoCloseable {

    private final HttpServer server;
    private final String name;
    private final AtomicInteger requests = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile IntFunction<Integer> status = n -> 200;
    private volatile boolean hang;

    HttpApp(dev.ambit.runtime.linux.Netns netns, int port, String name) {
        this.name = name;
        server =
                netns.call(
                        () -> {
                            try {
                                return HttpServer.create(
                                        new InetSocketAddress("0.0.0.0", port), 512);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    int requests() {
        return requests.get();
    }

    /** The status of the n-th request, counted from 1. */
    void answers(IntFunction<Integer> statusOfNth) {
        status = statusOfNth;
    }

    /** From now on requests are taken and never answered. */
    void hangs() {
        hang = true;
    }

    private void answer(HttpExchange exchange) throws IOException {
        int n = requests.incrementAndGet();
        if (hang) {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = name.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status.apply(n), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        released.countDown();
        server.stop(0);
    }
}
