package dev.ambit.hbone;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.AttributeKey;

/**
 * Options of the sockets under tunnels and relays. Set when the socket is made, before its first
 * read.
 */
public final class HboneChannels {
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(512 * 1024, 1024 * 1024);

    /** On a channel with a TLS connection: its key exchange, by BoringSSL's name. */
    public static final AttributeKey<String> TLS_GROUP =
            AttributeKey.valueOf(HboneChannels.class, "tlsGroup");

    private HboneChannels() {}

    /** A socket that carries an HBONE connection. */
    public static void tunnels(Channel channel) {
        common(channel, 0);
    }

    /**
     * A socket at the end of a tunnel: reading waits to be asked, and one direction may end before
     * the other.
     */
    public static void relayed(Channel channel) {
        common(channel, HboneStream.HEADROOM);
        EpollInterest.keep(channel);
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    private static void common(Channel channel, int headroom) {
        ChannelConfig config = channel.config();
        config.setAllocator(PooledByteBufAllocator.DEFAULT);
        config.setRecvByteBufAllocator(new ReadSizes(headroom));
        config.setWriteBufferWaterMark(WATER_MARK);
        // TCP_NODELAY is Netty's default on every transport.
    }
}
