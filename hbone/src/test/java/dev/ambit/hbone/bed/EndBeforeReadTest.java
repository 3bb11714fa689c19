package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A peer that ends its half while we wait for it to read (M33). A kernel that is asked for room by
 * io_uring answers with that end, again and again.
 */
final class EndBeforeReadTest {
    private static final int BULK = 3 << 20;

    /** More than the buffers of kernels and streams hold. */
    private static final int MORE = 8 * BULK;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void interrupt() {
        threads.shutdownNow();
    }

    static List<Transport> transports() {
        return TestLoops.transports();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void isReadToTheEndByARelay(Transport transport) throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app))) {
            front.narrow = true;
            try (Socket client = front.dial();
                    Socket server = app.accept()) {
                endsBeforeItReads(client, server);
            }
            assertThat(front.end()).isEqualTo(new RelayEnd.Complete());
            Await.until("no socket counts as open", () -> front.open.get() == 0);
        }
    }

    /** So much the other way first that the kernel moves the bytes. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void isReadToTheEndByASplice(Transport transport) throws Exception {
        try (ServerSocket app = listen();
                Front front = new Front(transport, address(app))) {
            front.narrow = true;
            try (Socket client = front.dial();
                    Socket server = app.accept()) {
                var warm = write(server, new byte[BULK]);
                assertThat(client.getInputStream().readNBytes(BULK)).hasSize(BULK);
                warm.get(20, TimeUnit.SECONDS);
                endsBeforeItReads(client, server);
            }
            assertThat(front.end()).isEqualTo(new RelayEnd.Complete());
            Await.until("no socket counts as open", () -> front.open.get() == 0);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void isReadToTheEndByATunnel(Transport transport) throws Exception {
        try (TunnelBed bed = new TunnelBed(transport, 1, HboneSettings.defaults());
                ServerSocket app = listen()) {
            InetSocketAddress front = bed.front(address(app));
            try (Socket client = new Socket(front.getAddress(), front.getPort());
                    Socket server = app.accept()) {
                endsBeforeItReads(client, server);
            }
            assertThat(bed.ends.poll(20, TimeUnit.SECONDS)).isEqualTo(new RelayEnd.Complete());
            assertThat(bed.ends.poll(20, TimeUnit.SECONDS)).isEqualTo(new RelayEnd.Complete());
        }
    }

    private void endsBeforeItReads(Socket client, Socket server) throws Exception {
        server.setSoTimeout(20_000);
        client.setSoTimeout(20_000);
        byte[] question = random(1);
        byte[] answer = random(2);
        var asked = write(client, question);
        assertThat(server.getInputStream().read()).isEqualTo(question[0] & 0xff);
        var answered =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return client.getInputStream().readAllBytes();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        threads);
        write(server, answer).get(20, TimeUnit.SECONDS);
        server.shutdownOutput();
        assertThat(answered.get(20, TimeUnit.SECONDS)).isEqualTo(answer);
        byte[] rest = server.getInputStream().readNBytes(MORE - 1);
        assertThat(rest).isEqualTo(java.util.Arrays.copyOfRange(question, 1, MORE));
        asked.get(20, TimeUnit.SECONDS);
        client.shutdownOutput();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }

    private CompletableFuture<Void> write(Socket socket, byte[] bytes) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        socket.getOutputStream().write(bytes);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                threads);
    }

    private static byte[] random(long seed) {
        byte[] bytes = new byte[MORE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Its sockets take little at a time. */
    private static ServerSocket listen() throws IOException {
        ServerSocket app = new ServerSocket();
        app.setReceiveBufferSize(16_384);
        app.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        return app;
    }

    private static InetSocketAddress address(ServerSocket app) {
        return (InetSocketAddress) app.getLocalSocketAddress();
    }
}
