package dev.ambit.waypoint.upstream;

import io.netty.channel.ChannelHandler;

/**
 * The connections of one event loop to all destinations, HTTP/1.1 and HTTP/2. Confined to the loop;
 * nothing here is shared, so nothing is locked.
 */
public final class Upstreams {

    private final Connector connector;
    private final Http1Pool http1;
    private final Http2Pool http2;

    public Upstreams(Connector connector, UpstreamLimits limits) {
        this.connector = connector;
        this.http1 = new Http1Pool(connector, limits);
        this.http2 = new Http2Pool(connector, limits);
    }

    /** Opens a way for one request; the listener learns the rest. */
    public void open(Destination destination, boolean overHttp2, UpstreamListener listener) {
        PoolKey key = new PoolKey(destination, connector.certificateSerial());
        if (overHttp2) {
            http2.open(key, listener);
        } else {
            http1.open(key, listener);
        }
    }

    /** Opens a byte channel of its own, for what is not HTTP. */
    public void openBytes(Destination destination, ChannelHandler last, Connector.Result result) {
        connector.connect(destination, last, result);
    }

    /** Closes what is unused, and the rest as it becomes unused. */
    public void drain() {
        http1.drain();
        http2.drain();
    }

    public int openConnections() {
        return http1.openConnections() + http2.openConnections();
    }
}
