package dev.ambit.ztunnel.policy;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.l4.L4Authorizer;
import dev.ambit.policy.state.PolicyChange;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.state.StateSignal;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ConnectionMetrics;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.TraceContext;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a pod on one loop. When policies change it asks the authorizer again for
 * every inbound one and closes those now denied. Confined to its loop but for {@link #close()}.
 */
public final class ConnectionTracker implements AutoCloseable {

    /** Bytes of connections that go on for long are counted this often. */
    private static final long SAMPLE_SECONDS = 1;

    private final EventLoop loop;
    private final LocalWorkload local;
    private final StateSignal signal;
    private final ConnectionMetrics metrics;
    private final Consumer<PolicyChange> policiesChanged;
    private final Set<TrackedConnection> open = new LinkedHashSet<>();
    private final List<CompletableFuture<Void>> waitingForNone = new ArrayList<>();
    private @Nullable ScheduledFuture<?> sampling;

    /** Tracks connections of that workload. */
    public ConnectionTracker(
            EventLoop loop, LocalWorkload local, StateSignal signal, ConnectionMetrics metrics) {
        this.loop = loop;
        this.local = local;
        this.signal = signal;
        this.metrics = metrics;
        this.policiesChanged = this::policiesChanged;
        signal.onPolicies(policiesChanged);
    }

    /** Where its connections are served. */
    public EventLoop loop() {
        return loop;
    }

    /** The beginning of a trace of one of its connections; null if nobody follows traces. */
    @Nullable TraceContext trace() {
        return metrics.trace(local.current());
    }

    /** Where its connections are counted. */
    public ConnectionMetrics metrics() {
        return metrics;
    }

    /**
     * A connection that now counts as open.
     *
     * @param abort breaks it while it is not yet relayed
     */
    public TrackedConnection track(Route route, ConnectionRecord record, Runnable abort) {
        return connecting(route, () -> record, abort);
    }

    /**
     * A connection on its way to an endpoint that may yet be replaced by another: it counts as
     * opened once it is relayed or over.
     *
     * @param opening makes its record, once
     * @param abort breaks it while it is not yet relayed
     */
    public TrackedConnection connecting(
            Route route, Supplier<ConnectionRecord> opening, Runnable abort) {
        assert loop.inEventLoop();
        TrackedConnection connection = new TrackedConnection(this, route, opening, abort);
        open.add(connection);
        if (sampling == null) {
            sampling =
                    loop.scheduleAtFixedRate(
                            this::sample, SAMPLE_SECONDS, SAMPLE_SECONDS, TimeUnit.SECONDS);
        }
        return connection;
    }

    /**
     * Takes out of this process some of what can leave it: open connections over two plain sockets.
     * On the loop; completes there.
     */
    public CompletableFuture<List<Moved>> leave(Pass pass) {
        assert loop.inEventLoop();
        List<TrackedConnection> leaving =
                open.stream()
                        .filter(connection -> connection.movable(pass))
                        .limit(pass.most())
                        .toList();
        List<Moved> moved = new ArrayList<>();
        CompletableFuture<List<Moved>> all = new CompletableFuture<>();
        int[] left = {leaving.size()};
        for (TrackedConnection connection : leaving) {
            connection.leave(
                    pass,
                    one -> {
                        if (one != null) {
                            moved.add(one);
                        }
                        if (--left[0] == 0) {
                            all.complete(moved);
                        }
                    });
        }
        if (leaving.isEmpty()) {
            all.complete(moved);
        }
        return all;
    }

    /**
     * Goes on with a connection of another process, or one that was to leave. Policies are asked
     * again: they may have changed on the way. On the loop.
     */
    public void adopt(Moved moved, SocketChannel first, SocketChannel second) {
        assert loop.inEventLoop();
        TrackedConnection connection =
                track(
                        moved.route(),
                        ConnectionRecord.resume(
                                metrics, moved.peers(), moved.addressing(), moved.before()),
                        () -> {
                            Sockets.reset(first);
                            Sockets.reset(second);
                        });
        connection.goesOn(
                Relay.adopt(moved.sockets(), first, second, connection), moved.clientFirst());
        askAgain(connection);
    }

    /** The open connections. On the loop. */
    public List<TrackedConnection> connections() {
        assert loop.inEventLoop();
        return List.copyOf(open);
    }

    void forget(TrackedConnection connection) {
        open.remove(connection);
        if (open.isEmpty()) {
            waitingForNone.forEach(waiting -> waiting.complete(null));
            waitingForNone.clear();
        }
    }

    /** Where the open connections come from and go to. On the loop. */
    public List<Route> routes() {
        assert loop.inEventLoop();
        return open.stream().map(TrackedConnection::route).toList();
    }

    /** Completes when no connection is open. On the loop. */
    public CompletableFuture<Void> whenNone() {
        assert loop.inEventLoop();
        CompletableFuture<Void> none = new CompletableFuture<>();
        if (open.isEmpty()) {
            none.complete(null);
        } else {
            waitingForNone.add(none);
        }
        return none;
    }

    /** Cuts those that rest on trust in a peer which is over. On the loop. */
    public void cutUntrusted(Trusting.Cut cut) {
        assert loop.inEventLoop();
        new ArrayList<>(open).forEach(connection -> connection.cutUntrusted(cut));
    }

    /** Cuts every connection. On the loop. */
    public void closeAll(ConnectionFailure reason) {
        assert loop.inEventLoop();
        new ArrayList<>(open).forEach(connection -> connection.close(reason));
    }

    /** On the state's writer: most changes are about other pods, and cost this one no hop. */
    private void policiesChanged(PolicyChange change) {
        Workload destination = local.current();
        if (destination != null && change.concerns(destination)) {
            loop.execute(() -> askAgain(change));
        }
    }

    private void askAgain(PolicyChange change) {
        Workload destination = local.current();
        if (destination == null) {
            // On its way out; its deletion closes the rest. If it comes back, that is a change.
            return;
        }
        for (TrackedConnection connection : new ArrayList<>(open)) {
            ConnectionFacts facts = connection.route().facts();
            if (facts != null
                    && L4Authorizer.mayDeny(change, facts, destination)
                    && L4Authorizer.decide(facts, destination, local.mesh())
                            instanceof Decision.Denied) {
                connection.close(ConnectionFailure.POLICY_CHANGE);
            }
        }
    }

    /**
     * Asks about one that came from elsewhere, where policies may have been others. On the loop.
     */
    public void askAgain(TrackedConnection connection) {
        Workload destination = local.current();
        ConnectionFacts facts = connection.route().facts();
        if (facts != null
                && destination != null
                && L4Authorizer.decide(facts, destination, local.mesh())
                        instanceof Decision.Denied) {
            connection.close(ConnectionFailure.POLICY_CHANGE);
        }
    }

    private void sample() {
        open.forEach(TrackedConnection::sample);
        if (open.isEmpty() && sampling != null) {
            sampling.cancel(false);
            sampling = null;
        }
    }

    /** Listens to policies no more. Any thread. */
    @Override
    public void close() {
        signal.remove(policiesChanged);
    }
}
