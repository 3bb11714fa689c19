package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.Limits;
import dev.ambit.runtime.testing.TestLoops;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a server does with peers that do not get as far as HTTP/2. */
final class ServerLimitsTest {
    private static HboneSettings handshakeWithin(Duration time) {
        HboneSettings d = HboneSettings.defaults();
        return new HboneSettings(
                d.streamWindow(),
                d.connectionWindow(),
                d.maxFrameSize(),
                d.maxStreams(),
                d.poolStreams(),
                d.poolIdle(),
                d.connectTimeout(),
                time,
                d.prefaceTimeout(),
                d.pingInterval(),
                d.pingTimeout(),
                Limits.defaults());
    }

    private static TunnelBed bed(HboneSettings settings) {
        return new TunnelBed(TestLoops.transports().getFirst(), 1, settings);
    }

    /** A16: so many at once. */
    @Test
    void handshakesFromOneAddressAreLimited() throws IOException {
        try (TunnelBed bed = bed(HboneSettings.defaults())) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 140; i++) {
                sockets.add(connect(bed));
            }
            Await.until(
                    "limit struck",
                    () -> bed.serverCounters.hits(Limit.HALF_OPEN_PER_SOURCE) == 12);
            assertThat(bed.server.connections()).isEqualTo(128);
            for (Socket socket : sockets) {
                socket.close();
            }
            Await.until("all gone", () -> bed.server.connections() == 0);
            // The count falls a moment after the connection is gone.
            Await.until(
                    "room again",
                    () -> {
                        try (Socket again = connect(bed)) {
                            again.setSoTimeout(20);
                            return again.getInputStream().read() > 0;
                        } catch (SocketTimeoutException open) {
                            return true;
                        } catch (IOException refused) {
                            return false;
                        }
                    });
        }
    }

    @Test
    void aPeerThatSaysNothingIsClosed() throws IOException {
        try (TunnelBed bed = bed(handshakeWithin(Duration.ofMillis(100)));
                Socket socket = connect(bed)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(bed.serverCounters.hits(Limit.HANDSHAKE_TIMEOUT)).isEqualTo(1);
            Await.until("gone", () -> bed.server.connections() == 0);
        }
    }

    /** E07: h2c and HTTP/1.1 on the tunnel port. */
    @Test
    void plaintextIsClosed() throws IOException {
        for (String text :
                List.of(
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                        "CONNECT 127.0.0.1:80 HTTP/1.1\r\n\r\n")) {
            try (TunnelBed bed = bed(HboneSettings.defaults());
                    Socket socket = connect(bed)) {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                drain(socket);
                Await.until("gone", () -> bed.server.connections() == 0);
            }
        }
    }

    private static void drain(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // As good an end as any.
        }
    }

    private static Socket connect(TunnelBed bed) throws IOException {
        Socket socket = new Socket(bed.serverAddress.getAddress(), bed.serverAddress.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }
}
