package dev.ambit.hbone.relay;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;

/**
 * Ends the output of a socket that has written everything, or says how it will end. Netty's own way
 * makes an exception with a stack trace each time, to fail writes that do not exist here; where the
 * socket can be reached, the kernel is asked directly.
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

    /** How long closing waits for what is not yet sent; 0 is a reset, -1 the kernel's way. */
    static void linger(DuplexChannel channel, int seconds) {
        if (!channel.isOpen()) {
            // Asking a closed one would cost two exceptions, at each orderly end.
            return;
        }
        try {
            if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
                // Twice for every connection: not by way of all options there are.
                socket.setSoLinger(seconds);
            } else {
                channel.config().setOption(ChannelOption.SO_LINGER, seconds);
            }
        } catch (ChannelException | IOException alreadyClosed) {
            // The kernel was faster; there is nobody left to tell.
        }
    }
}
