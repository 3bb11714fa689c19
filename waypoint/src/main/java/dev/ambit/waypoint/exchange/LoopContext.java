package dev.ambit.waypoint.exchange;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.MeshView;
import dev.ambit.runtime.live.Live;
import dev.ambit.waypoint.cluster.Endpoints;
import dev.ambit.waypoint.cluster.LoadBalancer;
import dev.ambit.waypoint.telemetry.RequestRecord;
import dev.ambit.waypoint.upstream.Upstreams;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What all exchanges of one event loop share: nothing of it is shared with other loops except
 * immutable values and counters. One of these is made for each data loop.
 */
public final class LoopContext {

    /** An exchange that did not move between so many sweeps is idle. */
    private static final int SWEEPS = 8;

    private final EventLoop loop;
    private final Live<WaypointSnapshot> snapshot;
    private final MeshView mesh;
    private final Upstreams upstreams;
    private final Telemetry telemetry;
    private final Tuning tuning;
    private final LoadBalancer balancer;
    private final Destinations destinations = new Destinations();
    private final RetryBudget retryBudget = new RetryBudget();
    private final MirrorSender mirrors;
    private final Set<HttpExchange> active = new HashSet<>();

    /** What long connections do when the configuration has changed. */
    private final Set<Runnable> rechecks = new HashSet<>();

    private final Live.Subscription changes;
    private final SplittableRandom ids = new SplittableRandom();
    private final @Nullable Future<?> sweeper;
    private int sweeps;

    /**
     * @param network ours
     * @param endpoints of this loop
     */
    public record Tuning(
            ExchangeLimits limits, String network, RandomGenerator random, Endpoints endpoints) {}

    public LoopContext(
            EventLoop loop,
            Live<WaypointSnapshot> snapshot,
            MeshView mesh,
            Upstreams upstreams,
            Telemetry telemetry,
            Tuning tuning) {
        this.loop = loop;
        this.snapshot = snapshot;
        this.mesh = mesh;
        this.upstreams = upstreams;
        this.telemetry = telemetry;
        this.tuning = tuning;
        this.balancer = new LoadBalancer(tuning.random());
        this.mirrors = new MirrorSender(this);
        this.changes = snapshot.onChange(changed -> loop.execute(this::recheck));
        long idleMillis = tuning.limits().streamIdle().toMillis();
        if (idleMillis > 0) {
            long period = Math.max(1, idleMillis / SWEEPS);
            sweeper =
                    loop.scheduleWithFixedDelay(this::sweep, period, period, TimeUnit.MILLISECONDS);
        } else {
            sweeper = null;
        }
    }

    /** No exchange is idle any more; part of the end of the process. */
    public void close() {
        changes.close();
        if (sweeper != null) {
            sweeper.cancel(false);
        }
    }

    /** One look at all exchanges instead of a timer for each. */
    private void sweep() {
        sweeps++;
        for (HttpExchange exchange : new ArrayList<>(active)) {
            exchange.endIfIdleSince(sweeps - SWEEPS);
        }
    }

    private void recheck() {
        List.copyOf(rechecks).forEach(Runnable::run);
    }

    /** Runs this on the loop after each change of the snapshot, until {@link #forget}. */
    public void recheckWith(Runnable check) {
        rechecks.add(check);
    }

    public void forget(Runnable check) {
        rechecks.remove(check);
    }

    /** Number of the last sweep: a clock just fine enough for idleness. */
    int sweeps() {
        return sweeps;
    }

    public EventLoop loop() {
        return loop;
    }

    public WaypointSnapshot snapshot() {
        return snapshot.current();
    }

    public MeshView mesh() {
        return mesh;
    }

    public Upstreams upstreams() {
        return upstreams;
    }

    public Telemetry telemetry() {
        return telemetry;
    }

    public RandomGenerator random() {
        return tuning.random();
    }

    /** For names of requests. */
    SplittableRandom ids() {
        return ids;
    }

    /** Writes down a finished request. */
    void tell(RequestRecord done) {
        telemetry.requests().record(done);
        telemetry.accessLog().record(done);
    }

    /** The workload behind an address of our network. */
    public @Nullable Workload workload(IpAddress address) {
        return mesh.workload(new NetworkAddress(tuning.network(), address));
    }

    ExchangeLimits limits() {
        return tuning.limits();
    }

    public Endpoints endpoints() {
        return tuning.endpoints();
    }

    public LoadBalancer balancer() {
        return balancer;
    }

    Destinations destinations() {
        return destinations;
    }

    RetryBudget retryBudget() {
        return retryBudget;
    }

    MirrorSender mirrors() {
        return mirrors;
    }

    void begins(HttpExchange exchange) {
        active.add(exchange);
        retryBudget.requestBegins();
    }

    void ends(HttpExchange exchange) {
        if (active.remove(exchange)) {
            retryBudget.requestEnds();
        }
    }

    /** Requests under way. */
    public int activeExchanges() {
        return active.size();
    }
}
