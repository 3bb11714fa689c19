package dev.ambit.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpObject;

/**
 * One request's way to its destination: an HTTP/1.1 connection for the time of the exchange, or a
 * stream of an HTTP/2 connection. Confined to the loop.
 */
public interface UpstreamStream {

    /** Takes ownership. The first object is the request head, the last a LastHttpContent. */
    void write(HttpObject part);

    void flush();

    boolean writable();

    /** Stops and resumes the answer, so that a slow client holds back the destination. */
    void reading(boolean on);

    /** Gives up: the stream is reset or the connection closed. No event follows. */
    void cancel();

    /** True if the connection has carried another request before, so it may have gone stale. */
    boolean reused();

    /** The channel, for its address and for an upgrade to another protocol. */
    Channel channel();
}
