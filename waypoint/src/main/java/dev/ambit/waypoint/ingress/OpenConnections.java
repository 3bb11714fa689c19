package dev.ambit.waypoint.ingress;

import io.netty.channel.Channel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The clients' HTTP connections of all loops, so that a drain can reach them. */
public final class OpenConnections {

    private final Map<Channel, Drainable> open = new ConcurrentHashMap<>();

    /** Read by the loops as connections are added; set once, by the thread that drains. */
    private volatile boolean draining;

    void add(Channel channel, Drainable connection) {
        open.put(channel, connection);
        channel.closeFuture().addListener(closed -> open.remove(channel));
        if (draining) {
            channel.eventLoop().execute(connection::drain);
        }
    }

    /** Takes no new requests on any of them: GOAWAY, or {@code Connection: close}. */
    public void drain() {
        draining = true;
        open.forEach((channel, each) -> channel.eventLoop().execute(each::drain));
    }

    public int count() {
        return open.size();
    }
}
