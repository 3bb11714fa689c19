package dev.ambit.ztunnel.shortcut;

import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.hbone.relay.RelayEnd.Side;
import dev.ambit.hbone.relay.RelayObserver;
import dev.ambit.ztunnel.policy.TrackedConnection;
import io.netty.channel.socket.SocketChannel;

/**
 * One relay that is two connections: the source's and the destination's, each with its record. Each
 * hears what it would have heard with a tunnel in between.
 */
public final class BothSides implements RelayObserver {

    private final TrackedConnection source;
    private final TrackedConnection destination;

    private BothSides(TrackedConnection source, TrackedConnection destination) {
        this.source = source;
        this.destination = destination;
    }

    /** Couples the client's socket with the application's. */
    public static void couple(
            SocketChannel client,
            TrackedConnection source,
            SocketChannel application,
            TrackedConnection destination) {
        Relay relay =
                Relay.plain(client, application, new BothSides(source, destination)).staying();
        source.relayedBy(relay, true);
        destination.relayedBy(relay, true);
    }

    @Override
    public void ended(Relay relay, RelayEnd end) {
        switch (end) {
            case RelayEnd.Complete complete -> both(relay, complete, complete);
            case RelayEnd.Reset reset -> both(relay, reset, reset);
            // Who closed it knows why; the other would have seen its tunnel's stream reset.
            case RelayEnd.Closed closed ->
                    both(relay, new RelayEnd.Reset(Side.SECOND), new RelayEnd.Reset(Side.FIRST));
            case RelayEnd.Failed failed -> {
                RelayEnd other = new RelayEnd.Reset(failed.side());
                if (failed.side() == Side.FIRST) {
                    both(relay, failed, other);
                } else {
                    both(relay, other, failed);
                }
            }
        }
    }

    private void both(Relay relay, RelayEnd ofSource, RelayEnd ofDestination) {
        destination.ended(relay, ofDestination);
        source.ended(relay, ofSource);
    }
}
