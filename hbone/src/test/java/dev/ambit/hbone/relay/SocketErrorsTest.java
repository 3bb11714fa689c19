package dev.ambit.hbone.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** M34: how a socket ends decides whether its connection counts as ended or as failed. */
final class SocketErrorsTest {

    /** The native errors need their library. */
    @BeforeAll
    static void load() {
        Assumptions.assumeTrue(Epoll.isAvailable());
    }

    @Test
    void hangingUpIsAReset() {
        assertThat(
                        List.of(
                                new NativeIoException("recvAddress", -104),
                                new NativeIoException("writevAddresses", -32),
                                new NativeIoException("shutdown", -107),
                                new SocketException("Connection reset"),
                                new IOException("Broken pipe"),
                                new IOException("connection closed"),
                                new ClosedChannelException()))
                .allMatch(SocketErrors::isReset);
    }

    @Test
    void silenceAndLostWaysAreFailuresWithAName() {
        assertThat(
                        List.of(
                                new NativeIoException("recvAddress", -110),
                                new NativeIoException("recvAddress", -113),
                                new NativeIoException("recvAddress", -101),
                                new IOException("Connection timed out"),
                                new IOException(),
                                new IllegalStateException("reset")))
                .noneMatch(SocketErrors::isReset);
    }
}
