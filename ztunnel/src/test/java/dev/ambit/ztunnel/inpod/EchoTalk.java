package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;

/** What a client of {@link EchoApp} sees of its connection: it goes on, or it is reset. */
final class EchoTalk {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private EchoTalk() {}

    static void echoes(Socket socket) throws IOException {
        socket.getOutputStream().write(HELLO);
        assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
    }

    /** Waits for a reset; an orderly end is none. */
    static void isCut(Socket socket) {
        assertThatThrownBy(
                        () -> {
                            while (socket.getInputStream().read() >= 0) {
                                socket.getOutputStream().write(HELLO);
                            }
                            throw new IOException("ended, not cut");
                        })
                .isInstanceOf(SocketException.class);
    }

    /** The reset may come before the caller has seen that it is connected. */
    static void isRefused(Callable<Socket> connecting) throws Exception {
        try (Socket connected = connecting.call()) {
            isCut(connected);
        } catch (SocketException refused) {
            assertThat(refused).hasMessageContaining("reset");
        }
    }
}
