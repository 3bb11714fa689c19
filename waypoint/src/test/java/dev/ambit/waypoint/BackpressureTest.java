package dev.ambit.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.ServicePort.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A slow side holds back the other; nothing piles up between them. */
final class BackpressureTest {

    /** Kernel buffers on both legs take some; the proxy little more. */
    private static final long BOUND = 40L << 20;

    private static final long LENGTH = 400L << 20;

    private final TestMesh mesh = new TestMesh();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        threads.shutdownNow();
        mesh.close();
    }

    /** Waits until a side has not moved for a while: it is held back. */
    private static long whenStill(AtomicLong moved) {
        long[] last = {-1, 0};
        Eventually.holds(
                () -> {
                    long now = moved.get();
                    last[1] = now == last[0] && now > 0 ? last[1] + 1 : 0;
                    last[0] = now;
                    return last[1] > 100;
                });
        return last[0];
    }

    private static void write(OutputStream out, AtomicLong sent) throws IOException {
        byte[] piece = new byte[64 * 1024];
        for (long left = LENGTH; left > 0; left -= piece.length) {
            out.write(piece);
            sent.addAndGet(piece.length);
        }
        out.flush();
    }

    private static void skipHead(InputStream in) throws IOException {
        int state = 0;
        while (state < 4) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("ended within the head");
            }
            state = b == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : 0;
        }
    }

    @Test
    void aSlowClientHoldsBackTheDestination() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            threads.execute(
                    () -> {
                        try (Socket socket = server.accept()) {
                            skipHead(socket.getInputStream());
                            OutputStream out = socket.getOutputStream();
                            String head =
                                    "HTTP/1.1 200 OK\r\nContent-Length: " + LENGTH + "\r\n\r\n";
                            out.write(head.getBytes(StandardCharsets.US_ASCII));
                            write(out, sent);
                        } catch (IOException e) {
                            return;
                        }
                    });
            mesh.service(
                    "reviews", Protocol.HTTP11, TestMesh.Destination.plain(server.getLocalPort()));
            try (Socket client =
                    new Socket(InetAddress.getLoopbackAddress(), mesh.open("reviews"))) {
                client.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(whenStill(sent)).isLessThan(BOUND);
                skipHead(client.getInputStream());
                client.getInputStream().skipNBytes(LENGTH);
                assertThat(sent.get()).isEqualTo(LENGTH);
            }
        }
    }

    @Test
    void aSlowDestinationHoldsBackTheClient() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Socket client = connect(server)) {
            threads.execute(
                    () -> {
                        try {
                            OutputStream out = client.getOutputStream();
                            String head =
                                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
                                            + LENGTH
                                            + "\r\n\r\n";
                            out.write(head.getBytes(StandardCharsets.US_ASCII));
                            write(out, sent);
                        } catch (IOException e) {
                            return;
                        }
                    });
            try (Socket socket = server.accept()) {
                skipHead(socket.getInputStream());
                assertThat(whenStill(sent)).isLessThan(BOUND);
                socket.getInputStream().skipNBytes(LENGTH);
                socket.getOutputStream()
                        .write(
                                "HTTP/1.1 204 No Content\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                byte[] answer = client.getInputStream().readNBytes(12);
                assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 204");
            }
        }
    }

    private Socket connect(ServerSocket server) throws IOException {
        mesh.service("reviews", Protocol.HTTP11, TestMesh.Destination.plain(server.getLocalPort()));
        return new Socket(InetAddress.getLoopbackAddress(), mesh.open("reviews"));
    }
}
