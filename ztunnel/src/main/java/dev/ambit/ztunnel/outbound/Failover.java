package dev.ambit.ztunnel.outbound;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.l4.OutboundRoute;
import dev.ambit.policy.l4.Selection;
import dev.ambit.ztunnel.policy.FailoverConfig;
import dev.ambit.ztunnel.telemetry.FailoverMetrics;
import dev.ambit.ztunnel.telemetry.FailoverMetrics.Reason;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints a connection has tried, and which comes next. Another is only ever tried before
 * the first byte of the application was sent. On the connection's loop.
 */
final class Failover {

    private final OutboundPipeline pipeline;
    private final Caller caller;
    private final FailoverConfig config;
    private final long startNanos = System.nanoTime();
    private int tries;

    /** Empty until something failed. */
    private Set<String> tried = Set.of();

    Failover(OutboundPipeline pipeline, Caller caller) {
        this.pipeline = pipeline;
        this.caller = caller;
        this.config = pipeline.pod().options().failover();
    }

    /** Endpoints tried so far, the current one included. */
    int tries() {
        return tries;
    }

    void begun() {
        tries++;
    }

    /** Whether it makes sense not to wait for this endpoint for ever. */
    boolean hasAlternatives(OutboundRoute route) {
        return tries < config.endpoints()
                && switch (route) {
                    case OutboundRoute.Direct direct -> direct.service() != null;
                    case OutboundRoute.Tunnel tunnel -> tunnel.service() != null;
                    case OutboundRoute.ViaWaypoint waypoint -> waypoint.waypointService() != null;
                    case OutboundRoute.ViaGateway gateway -> true;
                    case OutboundRoute.Passthrough passthrough -> false;
                    case OutboundRoute.Refused refused -> false;
                };
    }

    /** How long to wait for this endpoint where there is another. */
    long patienceNanos() {
        return config.patience().toNanos();
    }

    /** The endpoint did not answer: others go before it for a while. */
    void gaveUp(OutboundRoute route, Reason reason) {
        Workload hop = route.nextHop();
        if (hop != null && pipeline.ejections().eject(hop.uid())) {
            metrics().ejected(reason);
        }
    }

    /** The endpoint answered. */
    void answered(OutboundRoute route) {
        Workload hop = route.nextHop();
        if (hop != null) {
            pipeline.ejections().answered(hop.uid());
        }
    }

    /** The way to another endpoint; null if there is none, or enough have been tried. */
    @Nullable OutboundRoute another(OutboundRoute failed) {
        Workload hop = failed.nextHop();
        if (hop == null
                || !hasAlternatives(failed)
                || System.nanoTime() - startNanos > config.total().toNanos()
                || !caller.application().isActive()) {
            return null;
        }
        Set<String> all = new HashSet<>(tried);
        all.add(hop.uid());
        tried = all;
        return pipeline.router()
                .another(
                        caller.source(),
                        IpPort.of(caller.target()),
                        failed,
                        pipeline.pod().mesh(),
                        new Selection(
                                ThreadLocalRandom.current(), all, pipeline.ejections().avoided()));
    }

    /** The connection goes on to another endpoint. */
    void failedOver(Reason reason) {
        metrics().failedOver(reason);
    }

    private FailoverMetrics metrics() {
        return pipeline.pod().tracker().metrics().failover();
    }
}
