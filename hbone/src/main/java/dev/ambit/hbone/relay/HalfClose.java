package dev.ambit.hbone.relay;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;

/**
 * Ends the output of a socket that has written everything. Netty's own way makes an exception with
 * a stack trace each time, to fail writes that do not exist here; where the socket can be reached,
 * the kernel is asked directly.
 */
final class HalfClose {
    private HalfClose() {}

    /**
     * From here on, the end of the input closes the channel, without the detour over a half-closed
     * one.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // Closing is told by channelInactive.
    static void output(DuplexChannel channel) {
        if (!channel.isOpen()) {
            return;
        }
        if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
            try {
                socket.shutdown(false, true);
            } catch (IOException | NotYetConnectedException peerWasFaster) {
                channel.close();
                return;
            }
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        } else {
            channel.shutdownOutput();
        }
    }
}
