package dev.ambit.ztunnel.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import dev.ambit.runtime.testing.TestLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PodSocketsTest {

    private static final int CONNECTS = 500;

    static Stream<Transport> transports() {
        return TestLoops.transports().stream();
    }

    /** J06: without this a proxy runs out of descriptors when a node is away. */
    @ParameterizedTest
    @MethodSource("transports")
    void aConnectThatFailsKeepsNoDescriptor(Transport transport) throws Exception {
        InetSocketAddress nobody = closedPort();
        try (EventLoops loops = TestLoops.start(transport, 1);
                PodSockets sockets = new PodSockets(null, transport, config(), false)) {
            List<Channel> made = new ArrayList<>();
            for (int i = 0; i < CONNECTS; i++) {
                ChannelFuture connect =
                        sockets.connect(loops.data().getFirst(), nobody, null, made::add);
                assertThat(connect.await().isSuccess()).isFalse();
            }
            for (Channel channel : made) {
                assertThat(channel.closeFuture().await(10_000)).as("closed").isTrue();
            }
        }
    }

    private static SocketConfig config() {
        return new SocketConfig(null, false, false, null, null, Duration.ofSeconds(5), null);
    }

    private static InetSocketAddress closedPort() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
        }
    }
}
