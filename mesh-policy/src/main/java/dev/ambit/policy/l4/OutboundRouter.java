package dev.ambit.policy.l4;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.IpFamilies;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.WeightedWaypoint;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.l4.EndpointPicker.Purpose;
import dev.ambit.policy.l4.OutboundRoute.Refused;
import dev.ambit.policy.state.Endpoint;
import dev.ambit.policy.state.MeshView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Where a connection goes that an application of this node opens (ambient.md 1.10). Pure. */
public final class OutboundRouter {

    public static final String SELF_CALL = "attempted recursive call to ourselves";

    private static final int HBONE_PORT = WaypointRef.DEFAULT_HBONE_PORT;

    private final String network;
    private final Set<Integer> illegalPorts;

    /**
     * @param network this node's network
     * @param illegalPorts ports the proxy itself listens on
     */
    public OutboundRouter(String network, Set<Integer> illegalPorts) {
        this.network = network;
        this.illegalPorts = Set.copyOf(illegalPorts);
    }

    public OutboundRoute route(
            Workload source, IpPort destination, MeshView mesh, RandomGenerator random) {
        if (destination.address().isLoopback() && illegalPorts.contains(destination.port())) {
            return new Refused(Refused.Kind.SELF_CALL, SELF_CALL);
        }
        return new Question(source, destination, mesh, random).answer();
    }

    /** One connection's way through the rules. */
    private final class Question {
        private final Workload source;
        private final IpPort destination;
        private final MeshView mesh;
        private final RandomGenerator random;

        Question(Workload source, IpPort destination, MeshView mesh, RandomGenerator random) {
            this.source = source;
            this.destination = destination;
            this.mesh = mesh;
            this.random = random;
        }

        OutboundRoute answer() {
            NetworkAddress address = new NetworkAddress(network, destination.address());
            Workload workload = mesh.workload(address);
            if (workload != null) {
                return toWorkload(workload);
            }
            MeshService service = mesh.service(address, source.namespace());
            return service == null
                    ? new OutboundRoute.Passthrough(destination, null)
                    : toService(service);
        }

        private OutboundRoute toService(MeshService service) {
            WaypointRef waypoint = waypointOf(service);
            if (waypoint != null) {
                return viaWaypoint(waypoint, service);
            }
            Endpoint endpoint =
                    EndpointPicker.pick(
                            source, service, destination.port(), Purpose.SERVICE, mesh, random);
            if (endpoint == null) {
                return service.loadBalancing().mode() == LoadBalancing.Mode.PASSTHROUGH
                        ? new OutboundRoute.Passthrough(destination, service)
                        : noHealthyUpstream();
            }
            int port =
                    EndpointPicker.targetPort(
                            endpoint, service, destination.port(), Purpose.SERVICE);
            return direct(endpoint.workload(), port, service);
        }

        /** A waypoint serves either services or workloads: here only the workload's own counts. */
        private OutboundRoute toWorkload(Workload workload) {
            WaypointRef waypoint = workload.waypoint();
            boolean remote = !workload.network().equals(source.network());
            if (waypoint != null && !remote && !WaypointLookup.isWaypoint(source, waypoint, mesh)) {
                return viaWaypoint(waypoint, null);
            }
            return direct(workload, destination.port(), null);
        }

        private @Nullable WaypointRef waypointOf(MeshService service) {
            List<WeightedWaypoint> weighted = service.weightedWaypoints();
            long total = 0;
            for (WeightedWaypoint candidate : weighted) {
                total += candidate.weight();
            }
            if (total == 0) {
                return service.waypoint();
            }
            long point = random.nextLong(total);
            for (WeightedWaypoint candidate : weighted) {
                point -= candidate.weight();
                if (point < 0) {
                    return candidate.waypoint();
                }
            }
            throw new AssertionError("the weights add up to " + total);
        }

        private OutboundRoute viaWaypoint(WaypointRef waypoint, @Nullable MeshService service) {
            Workload workload = WaypointLookup.workload(waypoint, mesh);
            MeshService waypointService = null;
            int port = waypoint.hbonePort();
            if (workload == null) {
                waypointService = WaypointLookup.service(waypoint, mesh);
                if (waypointService == null) {
                    return new Refused(
                            Refused.Kind.UNKNOWN_WAYPOINT,
                            "unknown waypoint: " + WaypointLookup.describe(waypoint));
                }
                Endpoint endpoint =
                        EndpointPicker.pick(
                                source, waypointService, port, Purpose.WAYPOINT, mesh, random);
                if (endpoint == null) {
                    return noHealthyUpstream();
                }
                port = EndpointPicker.targetPort(endpoint, waypointService, port, Purpose.WAYPOINT);
                workload = endpoint.workload();
            }
            if (!workload.network().equals(source.network())) {
                return otherNetwork(workload);
            }
            Hop hop = hop(workload, port, waypointService);
            return hop == null
                    ? noAddress(workload)
                    : new OutboundRoute.ViaWaypoint(
                            hop,
                            destination.toString(),
                            expected(workload, waypointService),
                            workload,
                            waypointService,
                            service);
        }

        private OutboundRoute direct(Workload upstream, int port, @Nullable MeshService service) {
            if (!upstream.network().equals(source.network())) {
                return otherNetwork(upstream);
            }
            Hop application = hop(upstream, port, service);
            if (application == null) {
                return noAddress(upstream);
            }
            return switch (upstream.tunnelProtocol()) {
                case NONE -> new OutboundRoute.Direct(application, upstream, service);
                case HBONE ->
                        new OutboundRoute.Tunnel(
                                application.withPort(HBONE_PORT),
                                application.toString(),
                                expected(upstream, service),
                                upstream,
                                service);
            };
        }

        /** Null if the workload has neither an address that may be used nor a name. */
        private @Nullable Hop hop(Workload workload, int port, @Nullable MeshService service) {
            IpFamilies families = service == null ? IpFamilies.AUTOMATIC : service.ipFamilies();
            boolean preferV4 = destination.address().isV4();
            IpAddress chosen = null;
            for (IpAddress address : workload.addresses()) {
                if (address.equals(destination.address())) {
                    return Hop.at(address, port);
                }
                boolean better =
                        chosen == null || (chosen.isV4() != preferV4 && address.isV4() == preferV4);
                if (better && families.allow(address)) {
                    chosen = address;
                }
            }
            if (chosen != null) {
                return Hop.at(chosen, port);
            }
            return workload.hostname().isEmpty()
                    ? null
                    : new Hop.Named(workload.hostname(), port, preferV4);
        }

        private Refused noHealthyUpstream() {
            return new Refused(
                    Refused.Kind.NO_HEALTHY_UPSTREAM, "no healthy upstream: " + destination);
        }

        private Refused noAddress(Workload workload) {
            return new Refused(
                    Refused.Kind.NO_ADDRESS,
                    "no ip addresses were resolved for workload: " + workload.uid());
        }

        private Refused otherNetwork(Workload workload) {
            return new Refused(
                    Refused.Kind.MULTI_NETWORK,
                    "workload "
                            + workload.uid()
                            + " is in network \""
                            + workload.network()
                            + "\": multi-network not built yet");
        }
    }

    private static List<SpiffeId> expected(Workload workload, @Nullable MeshService service) {
        if (service == null || service.subjectAltNames().isEmpty()) {
            return List.of(workload.identity());
        }
        List<SpiffeId> expected = new ArrayList<>();
        for (String name : service.subjectAltNames()) {
            SpiffeId id = spiffeId(name);
            if (id != null && !expected.contains(id)) {
                expected.add(id);
            }
        }
        if (!expected.contains(workload.identity())) {
            expected.add(workload.identity());
        }
        return expected;
    }

    /** Other kinds of names cannot be shown by a peer of the mesh. */
    private static @Nullable SpiffeId spiffeId(String name) {
        try {
            return SpiffeId.parse(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
