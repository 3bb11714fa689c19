package dev.ambit.ztunnel.policy;

import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.hbone.relay.RelayObserver;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.TraceContext;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection from the moment its peers are known to its end. Whoever opens the connection says
 * how to abort it while it is not yet relayed; later the relay is closed. Ends exactly once. On its
 * loop.
 */
public final class TrackedConnection implements RelayObserver {

    private final ConnectionTracker tracker;
    private final Runnable abort;
    private Route route;
    private Supplier<ConnectionRecord> opening;
    private @Nullable ConnectionRecord record;
    private @Nullable TraceContext trace;

    private @Nullable Relay relay;
    private boolean clientIsFirst;
    private boolean nested;
    private @Nullable String tlsGroup;
    private long countedFromClient;
    private long countedFromServer;
    private IdentityLimits.@Nullable Lease lease;
    private @Nullable ConnectionFailure closedFor;
    private @Nullable Trusting trusting;
    private @Nullable TrackedConnection far;
    private @Nullable Pass tried;
    private boolean led;
    private boolean ended;

    TrackedConnection(
            ConnectionTracker tracker,
            Route route,
            Supplier<ConnectionRecord> opening,
            Runnable abort) {
        this.tracker = tracker;
        this.route = route;
        this.opening = opening;
        this.abort = abort;
    }

    /** Not yet relayed, it goes elsewhere than where it was tracked to go. */
    public void redirect(Route other, Supplier<ConnectionRecord> openingOther) {
        if (record != null) {
            throw new IllegalStateException("redirected after it was recorded");
        }
        route = other;
        opening = openingOther;
    }

    /** Counted once it is known where it went: relayed, or over. */
    private ConnectionRecord recorded() {
        ConnectionRecord known = record;
        if (known == null) {
            known = opening.get();
            if (trace != null) {
                known.in(trace);
            }
            record = known;
        }
        return known;
    }

    /** Where it comes from and goes to. */
    public Route route() {
        return route;
    }

    /** What tells the other proxy where in a trace we stand; null if nobody follows traces. */
    public @Nullable String traceparent() {
        if (record == null && trace == null) {
            // The other proxy is told before it is known which endpoint it will have been.
            trace = tracker.trace();
        }
        return record != null ? record.traceparent() : trace == null ? null : trace.traceparent();
    }

    /** Whether it is over, for callbacks that arrive late. */
    public boolean isEnded() {
        return ended;
    }

    /**
     * Both legs are there.
     *
     * @param clientFirst whether the relay's first side is the client's
     */
    public void relayedBy(Relay coupled, boolean clientFirst) {
        relay = coupled;
        clientIsFirst = clientFirst;
        recorded().connected();
    }

    /** The same through a tunnel, whose key exchange is noted. */
    public void relayedBy(Relay coupled, boolean clientFirst, HboneStream tunnel) {
        relayedBy(coupled, clientFirst);
        tlsGroup = tunnel.tlsGroup();
        recorded().securedBy(tlsGroup);
    }

    /** Whether its tunnel goes within another, to another network. */
    public void nested(boolean within) {
        nested = within;
    }

    /** By which means it is carried, as upstream calls it. */
    public String protocol() {
        if (nested) {
            return "DOUBLEHBONE";
        }
        return route.tunnelled() ? "HBONE" : "TCP";
    }

    /** The key exchange of its tunnel; null without one, or before it is there. */
    public @Nullable String tlsGroup() {
        return tlsGroup;
    }

    /** It ends with the trust it rests on. */
    public void trusts(Trusting trust) {
        trusting = trust;
    }

    void cutUntrusted(Trusting.Cut cut) {
        Trusting trust = trusting;
        if (trust != null && !ended) {
            trust.cut(cut);
        }
    }

    /** It is about to be cut, and that is why. */
    public void blames(ConnectionFailure reason) {
        if (closedFor == null) {
            closedFor = reason;
        }
    }

    /** Breaks its relay; {@link #blames} has said why, for those who are to blame. */
    public void cut(ConnectionFailure reason) {
        Relay coupled = relay;
        if (!ended && coupled != null) {
            coupled.close(reason.text());
        }
    }

    /** It counts against a limit until it ends. */
    public void counts(IdentityLimits.Lease against) {
        lease = against;
    }

    /** It was relayed before it came here; what was counted elsewhere is not counted again. */
    public void goesOn(Relay coupled, boolean clientFirst) {
        relay = coupled;
        clientIsFirst = clientFirst;
        ConnectionRecord.Before before = recorded().before();
        countedFromClient = before.received();
        countedFromServer = before.sent();
    }

    /** Its bytes and age so far, for the one who asks who is still here. */
    public ConnectionRecord.Before before() {
        sample();
        ConnectionRecord known = record;
        return known == null ? ConnectionRecord.Before.NOTHING : known.before();
    }

    /** Both are one relay: where this one goes, the other goes too. */
    public void leads(TrackedConnection other) {
        far = other;
        other.led = true;
    }

    /**
     * Whether it can leave this process: relayed, over two plain sockets, and not yet tried in that
     * pass.
     */
    boolean movable(Pass pass) {
        Relay coupled = relay;
        TrackedConnection other = far;
        return !ended
                && !led
                && tried != pass
                && closedFor == null
                && coupled != null
                && coupled.detachable()
                && (other == null || (pass.pairs() && !other.ended && other.closedFor == null));
    }

    /** Takes it out of this process, if it is still there to be taken. It is not logged here. */
    void leave(Pass pass, Consumer<@Nullable Moved> then) {
        tried = pass;
        pass.tries();
        Relay coupled = relay;
        if (coupled == null) {
            then.accept(null);
            return;
        }
        coupled.detach(
                pass.room(),
                detached -> {
                    if (detached == null) {
                        then.accept(null);
                        return;
                    }
                    ConnectionRecord known = left();
                    then.accept(
                            new Moved(
                                    route,
                                    known.peers(),
                                    known.addressing(),
                                    known.before(),
                                    clientIsFirst,
                                    detached,
                                    far == null ? null : far.leftToo()));
                });
    }

    private Moved.Far leftToo() {
        ConnectionRecord known = left();
        return new Moved.Far(route, known.peers(), known.addressing(), known.before(), tracker);
    }

    private ConnectionRecord left() {
        sample();
        ended = true;
        tracker.forget(this);
        if (lease != null) {
            lease.end();
        }
        return recorded();
    }

    /** Cuts it, for that reason. */
    public void close(ConnectionFailure reason) {
        if (ended || closedFor != null) {
            return;
        }
        closedFor = reason;
        if (relay == null) {
            abort.run();
            finish(reason);
        } else {
            relay.close(reason.text());
        }
    }

    /** Over before it was relayed; null would mean both ends simply finished. */
    public void finish(@Nullable ConnectionFailure failure) {
        if (ended) {
            return;
        }
        ended = true;
        sample();
        tracker.forget(this);
        if (lease != null) {
            lease.end();
        }
        // Aborting what is under way fails it too; why we cut it says more.
        recorded().finish(closedFor == null ? failure : closedFor);
    }

    @Override
    public void ended(Relay over, RelayEnd end) {
        relay = over;
        finish(
                switch (end) {
                    case RelayEnd.Complete complete -> null;
                    // A reset is how many applications hang up; upstream counts it as an end too.
                    case RelayEnd.Reset reset -> null;
                    case RelayEnd.Failed failed -> ConnectionFailure.io(failed.cause());
                    case RelayEnd.Closed closed -> ConnectionFailure.connect(closed.reason());
                });
    }

    /** Counts what has been relayed since the last time. */
    void sample() {
        Relay counted = relay;
        if (counted == null) {
            return;
        }
        long first = counted.firstToSecond();
        long second = counted.secondToFirst();
        long fromClient = clientIsFirst ? first : second;
        long fromServer = clientIsFirst ? second : first;
        if (fromClient != countedFromClient) {
            recorded().received(fromClient - countedFromClient);
            countedFromClient = fromClient;
        }
        if (fromServer != countedFromServer) {
            recorded().sent(fromServer - countedFromServer);
            countedFromServer = fromServer;
        }
    }
}
