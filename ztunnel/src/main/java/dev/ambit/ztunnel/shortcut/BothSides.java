package dev.ambit.ztunnel.shortcut;

import dev.ambit.hbone.TunnelBroken;
import dev.ambit.hbone.relay.Detached;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.hbone.relay.RelayEnd.Side;
import dev.ambit.hbone.relay.RelayObserver;
import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.tls.LocalHandshake;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.policy.Trusting;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One relay that is two connections: the source's and the destination's, each with its record. Each
 * hears what it would have heard with a tunnel in between, and what would have cut the tunnel cuts
 * it. On their loop.
 */
public final class BothSides implements RelayObserver, Trusting {

    /** What the one hears whose peer has cut their tunnel. */
    private static final ConnectionFailure LOST =
            ConnectionFailure.io(new TunnelBroken("connection closed by peer"));

    private final TrackedConnection source;
    private final TrackedConnection destination;
    private LocalHandshake.@Nullable Met met;

    public BothSides(TrackedConnection source, TrackedConnection destination) {
        this.source = source;
        this.destination = destination;
    }

    /**
     * Couples the client's socket with the application's.
     *
     * @param known what the two know of each other
     * @param movable whether another process may take it over
     */
    public void couple(
            SocketChannel client,
            SocketChannel application,
            LocalHandshake.Met known,
            boolean movable) {
        met = known;
        Relay relay = Relay.plain(client, application, this);
        begun();
        if (!movable) {
            relay.staying();
        }
        source.relayedBy(relay, true);
        destination.relayedBy(relay, true);
    }

    /** Goes on with what another process had coupled. What the two know of each other follows. */
    public void adopt(Detached was, SocketChannel client, SocketChannel application) {
        Relay relay = Relay.adopt(was, client, application, this);
        begun();
        source.goesOn(relay, true);
        destination.goesOn(relay, true);
    }

    private void begun() {
        source.leads(destination);
        // Either pod may be on its way out, and hear of nothing any more.
        source.trusts(this);
        destination.trusts(this);
    }

    /** Whether it is still there to be asked about. */
    public boolean isOver() {
        return source.isEnded();
    }

    /** The two have been asked about each other again. */
    public void met(LocalHandshake.Met known) {
        met = known;
    }

    /** One of the two does not accept the other any more. */
    public void refused(LocalHandshake.Refused refused) {
        ConnectionFailure failure = ConnectionFailure.tls(refused.reason());
        boolean bySource = refused.by() == Revocation.Side.SOURCE;
        source.blames(bySource ? failure : LOST);
        destination.blames(bySource ? LOST : failure);
        source.cut(failure);
    }

    @Override
    public void cut(Cut cut) {
        LocalHandshake.Met known = met;
        if (known == null) {
            return;
        }
        boolean bySource = cut.whom().test(known.server());
        boolean byDestination = cut.whom().test(known.client());
        if (!bySource && !byDestination) {
            return;
        }
        if (bySource) {
            cut.counted().accept(Revocation.Side.SOURCE);
        }
        if (byDestination) {
            cut.counted().accept(Revocation.Side.DESTINATION);
        }
        source.blames(bySource ? cut.reason() : LOST);
        destination.blames(byDestination ? cut.reason() : LOST);
        source.cut(cut.reason());
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
