package dev.ambit.waypoint.upstream;

import dev.ambit.waypoint.failure.ProxyError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.math.BigInteger;

/**
 * Opens a byte channel to a destination on the loop it was made for: a TCP socket, or a tunnel of
 * the mesh wrapped as a channel. The seam between HTTP and the transports below it.
 */
public interface Connector {

    /**
     * Called on the loop.
     *
     * @param handler installed at the end of the channel's pipeline before its first byte
     * @param result called on the loop exactly once
     */
    void connect(Destination destination, ChannelHandler handler, Result result);

    /** Serial of the certificate that new tunnels show now; zero while there is none. */
    BigInteger certificateSerial();

    /** What came of it. */
    interface Result {
        void connected(Channel channel);

        void failed(ProxyError error);
    }
}
