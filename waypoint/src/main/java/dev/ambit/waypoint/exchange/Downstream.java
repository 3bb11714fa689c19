package dev.ambit.waypoint.exchange;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpObject;

/** The client's side of one exchange, whichever protocol it speaks. Confined to the loop. */
public interface Downstream {

    EventLoop loop();

    /** True if the client speaks HTTP/2. */
    boolean http2();

    /** Takes ownership. The first final head and the last content frame the answer. */
    void write(HttpObject part);

    void flush();

    boolean writable();

    /** Stops and resumes the request's body, so that a slow destination holds back the client. */
    void reading(boolean on);

    /** No further request is taken on the client's connection, if it takes one at a time. */
    void lastAnswer();

    /** The answer cannot be finished: the client must see that it is broken. No event follows. */
    void abort();

    /**
     * The answer is complete.
     *
     * @param requestComplete false if the client has not sent all of its request; then the
     *     connection cannot be used again
     */
    void finished(boolean requestComplete);

    /**
     * The client's channel with HTTP taken off, after a 101 has been flushed; bytes that came early
     * are in it.
     */
    Channel upgrade();
}
