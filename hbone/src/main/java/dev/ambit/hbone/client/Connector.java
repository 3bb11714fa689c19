package dev.ambit.hbone.client;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;

/**
 * Opens TCP connections the way the caller needs them: inside a pod's network namespace, marked,
 * with its source address.
 */
@FunctionalInterface
public interface Connector {
    /**
     * Makes a socket channel on the loop with the handler in its pipeline before it is registered,
     * and connects it to the key's address from the key's source IP. The pool sets options of its
     * own and watches the time.
     */
    ChannelFuture connect(PoolKey key, EventLoop loop, ChannelHandler handler);
}
