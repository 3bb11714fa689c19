package dev.ambit.ztunnel.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** The pod's application and its client: short connections, one long one, the scrape. */
final class TrainingTraffic implements Runnable {
    private static final int APPLICATION_PORT = 8080;
    private static final int SHORT_CONNECTIONS = 40;
    private static final long PAUSE_NANOS = 20_000_000;

    private final String address;
    private final int bulkBytes;

    TrainingTraffic(String address, int bulkBytes) {
        this.address = address;
        this.bulkBytes = bulkBytes;
    }

    @Override
    public void run() {
        try (ServerSocket application =
                new ServerSocket(APPLICATION_PORT, 64, InetAddress.getByName(address))) {
            Thread.ofPlatform().daemon().name("training-app").start(() -> serve(application));
            while (!page(15021, "GET", "/healthz/ready").startsWith("HTTP/1.1 200")) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            for (int i = 0; i < SHORT_CONNECTIONS; i++) {
                exchange(1_000);
            }
            exchange(bulkBytes);
            page(15020, "GET", "/metrics");
        } catch (IOException notTrained) {
            // Best effort: the cache is smaller then.
        } finally {
            end();
        }
    }

    private static void end() {
        try {
            page(15000, "POST", "/quitquitquit");
        } catch (IOException gone) {
            // Then it is ending already.
        }
    }

    /** Answers what it is sent, as long as it is sent something. */
    private static void serve(ServerSocket application) {
        try {
            while (true) {
                Socket socket = application.accept();
                Thread.ofPlatform().daemon().start(() -> echo(socket));
            }
        } catch (IOException closed) {
            // The run is over.
        }
    }

    private static void echo(Socket socket) {
        try (socket;
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException gone) {
            // As clients go.
        }
    }

    private void exchange(int bytes) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, APPLICATION_PORT), 2_000);
            Thread writer = Thread.ofPlatform().daemon().start(() -> write(socket, bytes));
            byte[] buffer = new byte[65_536];
            InputStream in = socket.getInputStream();
            for (int n = in.read(buffer); n >= 0; ) {
                n = in.read(buffer);
            }
            join(writer);
        }
    }

    private static void write(Socket socket, int bytes) {
        try {
            byte[] buffer = new byte[Math.min(bytes, 65_536)];
            OutputStream out = socket.getOutputStream();
            for (int left = bytes; left > 0; left -= buffer.length) {
                out.write(buffer);
            }
            socket.shutdownOutput();
        } catch (IOException gone) {
            // The reader sees it too.
        }
    }

    private static void join(Thread writer) {
        try {
            writer.join();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static String page(int port, String method, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request =
                    method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.ConnectException notYet) {
            return "";
        }
    }
}
