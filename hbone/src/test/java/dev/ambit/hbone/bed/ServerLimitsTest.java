package dev.ambit.hbone.bed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limit;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a server does with peers that do not get as far as HTTP/2. */
final class ServerLimitsTest {

    /** A16: so many at once. */
    @Test
    void handshakesFromOneAddressAreLimited() throws IOException {
        try (TunnelBed bed = Strangers.bed(HboneSettings.defaults())) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 140; i++) {
                sockets.add(Strangers.connect(bed));
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
                        try (Socket again = Strangers.connect(bed)) {
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
        try (TunnelBed bed = Strangers.bed(Strangers.handshakeWithin(Duration.ofMillis(100)));
                Socket socket = Strangers.connect(bed)) {
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
            try (TunnelBed bed = Strangers.bed(HboneSettings.defaults());
                    Socket socket = Strangers.connect(bed)) {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                Strangers.drain(socket);
                Await.until("gone", () -> bed.server.connections() == 0);
            }
        }
    }
}
