package dev.ambit.ztunnel.socket;

import dev.ambit.runtime.net.Transport;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;

/** Where a redirected connection meant to go. The seam by which tests do without redirection. */
@FunctionalInterface
public interface OriginalDestination {

    /** Of an accepted connection. */
    InetSocketAddress of(SocketChannel accepted);

    /** As the kernel's connection tracking remembers it; with TPROXY it is the local address. */
    static OriginalDestination kernel(Transport transport) {
        return accepted -> {
            InetSocketAddress redirected = transport.originalDestination(accepted);
            return redirected == null ? accepted.localAddress() : redirected;
        };
    }
}
