package dev.ambit.waypoint.exchange;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import dev.ambit.waypoint.cluster.Endpoint;
import dev.ambit.waypoint.cluster.Endpoints;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.upstream.UpstreamAttempt.Way;
import dev.ambit.waypoint.xds.BoundWorkloads;
import dev.ambit.waypoint.xds.Target;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From a route's backend to one endpoint and the way to it. */
public final class WayFinder {

    private WayFinder() {}

    /** One endpoint, or why there is none. */
    public sealed interface Found {
        /** Go there. */
        record To(Way way) implements Found {}

        /** There is none. */
        record None(ProxyError error) implements Found {}
    }

    /**
     * @param clientHttp2 what the client speaks, for ports that do not say
     * @param tried uids to avoid while there are others
     */
    public static Found find(
            LoopContext context,
            WaypointSnapshot snapshot,
            Target target,
            BackendRef.ToService to,
            boolean clientHttp2,
            Set<String> tried) {
        if (to.service().equals(BoundWorkloads.NO_SERVICE)) {
            return workload(context, target, clientHttp2);
        }
        List<Endpoint> endpoints = context.endpoints().of(to.service(), to.port());
        @Nullable ServicePort declared = snapshot.backend(to.service(), to.port());
        @Nullable MeshService service = context.mesh().service(to.service());
        if (declared == null && service == null) {
            return new Found.None(
                    new ProxyError(FailureKind.NO_CLUSTER, "cluster_not_found{" + to + "}"));
        }
        @Nullable Endpoint chosen = context.balancer().choose(endpoints, tried);
        if (chosen == null) {
            return new Found.None(ProxyError.of(FailureKind.NO_HEALTHY_UPSTREAM));
        }
        boolean http2 = overHttp2(declared, service, to.port(), clientHttp2);
        return new Found.To(way(context, chosen, to.service(), service, http2));
    }

    private static Found workload(LoopContext context, Target target, boolean clientHttp2) {
        if (!(target instanceof Target.OfWorkload of)) {
            return new Found.None(ProxyError.of(FailureKind.NO_CLUSTER));
        }
        @Nullable Workload workload = context.workload(of.address());
        @Nullable InetSocketAddress address =
                workload == null ? null : Endpoints.address(workload, of.port());
        if (workload == null || address == null || !workload.isHealthy()) {
            return new Found.None(ProxyError.of(FailureKind.NO_HEALTHY_UPSTREAM));
        }
        return new Found.To(
                way(
                        context,
                        new Endpoint(
                                workload,
                                new InetSocketAddress(of.address().toInetAddress(), of.port())),
                        BoundWorkloads.NO_SERVICE,
                        null,
                        clientHttp2));
    }

    private static Way way(
            LoopContext context,
            Endpoint endpoint,
            NamespacedHostname name,
            @Nullable MeshService service,
            boolean http2) {
        Destinations.Prepared prepared = context.destinations().of(endpoint, name, service);
        return new Way(
                endpoint,
                context.balancer().load(endpoint),
                prepared.destination(),
                prepared.peer(),
                http2);
    }

    private static boolean overHttp2(
            @Nullable ServicePort declared,
            @Nullable MeshService service,
            int port,
            boolean clientHttp2) {
        if (declared != null) {
            return switch (declared.protocol()) {
                case HTTP2, GRPC -> true;
                case HTTP11 -> false;
                case UNSET, TCP, TLS -> clientHttp2;
            };
        }
        @Nullable Port known = service == null ? null : service.port(port);
        if (known == null) {
            return clientHttp2;
        }
        return switch (known.protocol()) {
            case HTTP2, GRPC -> true;
            case HTTP11 -> false;
            case UNKNOWN, TCP, TLS -> clientHttp2;
        };
    }
}
