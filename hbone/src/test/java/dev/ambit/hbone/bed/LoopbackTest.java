package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole tunnels over real sockets and real TLS, on every transport of this machine. */
final class LoopbackTest {
    static List<Transport> transports() {
        return TestLoops.transports();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void carriesBytesBothWaysAndEndsOnce(Transport transport) throws Exception {
        try (TunnelBed bed = new TunnelBed(transport, 1, HboneSettings.defaults());
                ServerSocket app = listen()) {
            CompletableFuture<byte[]> received =
                    CompletableFuture.supplyAsync(() -> answerReversed(app));
            byte[] sent = new byte[5_000_000];
            new Random(1).nextBytes(sent);
            try (Socket socket = connect(bed.front(address(app)))) {
                socket.getOutputStream().write(sent);
                socket.shutdownOutput();
                byte[] back = socket.getInputStream().readAllBytes();
                assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(sent);
                assertThat(back).isEqualTo(reversed(sent));
            }
            assertThat(bed.ends.poll(10, TimeUnit.SECONDS)).isEqualTo(new RelayEnd.Complete());
            assertThat(bed.ends.poll(10, TimeUnit.SECONDS)).isEqualTo(new RelayEnd.Complete());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void keepsARequestWhoseSenderClosedItsHalfAtOnce(Transport transport) throws Exception {
        try (TunnelBed bed = new TunnelBed(transport, 1, HboneSettings.defaults());
                ServerSocket app = listen()) {
            InetSocketAddress front = bed.front(address(app));
            for (int i = 0; i < 200; i++) {
                CompletableFuture<byte[]> received =
                        CompletableFuture.supplyAsync(() -> answerReversed(app));
                try (Socket socket = connect(front)) {
                    socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    assertThat(socket.getInputStream().readAllBytes())
                            .as(
                                    "connection %s, ends %s, failures %s, app %s",
                                    i, bed.ends, bed.failures, received)
                            .isEqualTo("olleh".getBytes(StandardCharsets.US_ASCII));
                }
                assertThat(received.get(10, TimeUnit.SECONDS)).hasSize(5);
            }
            assertThat(bed.clientCounters.opened()).isEqualTo(1);
        }
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    }

    private static InetSocketAddress address(ServerSocket app) {
        return (InetSocketAddress) app.getLocalSocketAddress();
    }

    private static Socket connect(InetSocketAddress to) throws IOException {
        Socket socket = new Socket(to.getAddress(), to.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] answerReversed(ServerSocket app) {
        try (Socket socket = app.accept();
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            byte[] all = in.readAllBytes();
            out.write(reversed(all));
            return all;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
