package dev.ambit.runtime.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.runtime.testing.TestLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A channel whose peer has ended its half and does not read. */
@Timeout(60)
final class WriteAfterEndTest {
    private static final int MUCH = 16 << 20;

    static List<Transport> transports() {
        return TestLoops.transports();
    }

    private static ServerSocket listen() throws Exception {
        ServerSocket app = new ServerSocket();
        app.setReceiveBufferSize(16_384);
        app.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return app;
    }

    private static Channel connect(EventLoops loops, Transport transport, ServerSocket app)
            throws Exception {
        return new Bootstrap()
                .group(loops.nextData())
                .channelFactory(transport::newSocket)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.SO_SNDBUF, 65_536)
                .option(ChannelOption.SO_LINGER, 0)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(app.getLocalSocketAddress())
                .sync()
                .channel();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void writesAllOfIt(Transport transport) throws Exception {
        try (EventLoops loops = new EventLoops("test", 1, transport);
                ServerSocket app = listen()) {
            Channel channel = connect(loops, transport, app);
            try (Socket peer = app.accept()) {
                var written = channel.writeAndFlush(Unpooled.directBuffer().writeZero(MUCH));
                InputStream in = peer.getInputStream();
                assertThat(in.read()).isZero();
                peer.shutdownOutput();
                assertThat(in.readNBytes(MUCH - 1).length).isEqualTo(MUCH - 1);
                assertThat(written.sync().isSuccess()).isTrue();
                channel.close().sync();
            }
        }
    }

    /** Nothing of ours holds the socket then. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void letsGoOfTheSocketWhenItIsClosed(Transport transport) throws Exception {
        try (EventLoops loops = new EventLoops("test", 1, transport);
                ServerSocket app = listen()) {
            Channel channel = connect(loops, transport, app);
            try (Socket peer = app.accept()) {
                channel.writeAndFlush(Unpooled.directBuffer().writeZero(MUCH));
                InputStream in = peer.getInputStream();
                assertThat(in.read()).isZero();
                peer.shutdownOutput();
                // Several answers of the kernel later it waits for room.
                assertThat(in.readNBytes(MUCH / 2).length).isEqualTo(MUCH / 2);
                channel.close().sync();
                peer.setSoTimeout(20_000);
                assertThat(endsInReset(in)).isTrue();
            }
        }
    }

    private static boolean endsInReset(InputStream in) throws Exception {
        byte[] part = new byte[65_536];
        try {
            while (in.read(part) >= 0) {
                // What was under way.
            }
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }
}
