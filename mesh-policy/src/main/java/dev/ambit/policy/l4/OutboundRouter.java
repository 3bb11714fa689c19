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
import java.util.HashSet;
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

    /** The way of a new connection, among all endpoints. */
    public OutboundRoute route(
            Workload source, IpPort destination, MeshView mesh, RandomGenerator random) {
        return route(source, destination, mesh, Selection.ofAll(random));
    }

    /** The way of a new connection. */
    public OutboundRoute route(
            Workload source, IpPort destination, MeshView mesh, Selection selection) {
        if (illegalPorts.contains(destination.port()) && isSelf(source, destination.address())) {
            return new Refused(Refused.Kind.SELF_CALL, SELF_CALL);
        }
        return new Question(source, destination, mesh, selection).answer();
    }

    private static boolean isSelf(Workload source, IpAddress address) {
        return address.isLoopback() || source.addresses().contains(address);
    }

    /**
     * Another way for a connection whose last one led to nobody who answered; null if there is none
     * that has not been tried. What the mesh stopped knowing meanwhile is no way: it would be
     * plaintext instead of a tunnel.
     *
     * @param failed the last way
     * @param selection what has been tried, the last one included
     */
    public @Nullable OutboundRoute another(
            Workload source,
            IpPort destination,
            OutboundRoute failed,
            MeshView mesh,
            Selection selection) {
        OutboundRoute next = untried(source, destination, mesh, selection);
        if (next == null && failed instanceof OutboundRoute.ViaGateway gateway) {
            // That gateway has no other pod; what else the service has may be nearer.
            Set<String> tried = new HashSet<>(selection.tried());
            tried.add(gateway.upstream().uid());
            next =
                    untried(
                            source,
                            destination,
                            mesh,
                            new Selection(selection.random(), tried, selection.avoided()));
        }
        return next;
    }

    private @Nullable OutboundRoute untried(
            Workload source, IpPort destination, MeshView mesh, Selection selection) {
        OutboundRoute next = route(source, destination, mesh, selection);
        Workload hop = next.nextHop();
        return hop == null || selection.tried().contains(hop.uid()) ? null : next;
    }

    /** One connection's way through the rules. */
    private final class Question {
        private final Workload source;
        private final IpPort destination;
        private final MeshView mesh;
        private final Selection selection;

        Question(Workload source, IpPort destination, MeshView mesh, Selection selection) {
            this.source = source;
            this.destination = destination;
            this.mesh = mesh;
            this.selection = selection;
        }

        OutboundRoute answer() {
            NetworkAddress address = new NetworkAddress(network, destination.address());
            Workload workload = mesh.workload(address);
            MeshService service = mesh.service(address, source.namespace());
            if (workload != null) {
                // A service may bring to an address only what is its own there.
                return service != null && workload.services().containsKey(service.key())
                        ? toPeers(workload, service)
                        : toWorkload(workload);
            }
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
                            source, service, destination.port(), Purpose.SERVICE, mesh, selection);
            if (endpoint == null) {
                return service.loadBalancing().mode() == LoadBalancing.Mode.PASSTHROUGH
                        ? new OutboundRoute.Passthrough(destination, service)
                        : noHealthyUpstream();
            }
            int port =
                    EndpointPicker.targetPort(
                            endpoint, service, destination.port(), Purpose.SERVICE);
            return isRemote(endpoint.workload())
                    ? viaGateway(endpoint.workload(), service, service)
                    : direct(endpoint.workload(), port, service);
        }

        /**
         * A workload whose address its service has too, as of a ServiceEntry for a machine: one of
         * the service's endpoints, at the target port; not addressed as a service all the same, so
         * that the workload's waypoint counts.
         */
        private OutboundRoute toPeers(Workload workload, MeshService service) {
            Endpoint endpoint =
                    EndpointPicker.pick(
                            source, service, destination.port(), Purpose.SERVICE, mesh, selection);
            if (endpoint == null || isRemote(endpoint.workload())) {
                return toWorkload(workload);
            }
            Workload chosen = endpoint.workload();
            WaypointRef waypoint = chosen.waypoint();
            return waypoint == null || WaypointLookup.isWaypoint(source, waypoint, mesh)
                    ? direct(
                            chosen,
                            EndpointPicker.targetPort(
                                    endpoint, service, destination.port(), Purpose.SERVICE),
                            service)
                    : viaWaypoint(waypoint, null);
        }

        /** A waypoint serves either services or workloads: here only the workload's own counts. */
        private OutboundRoute toWorkload(Workload workload) {
            if (isRemote(workload)) {
                return noWayTo(workload, "addressed without a service");
            }
            WaypointRef waypoint = workload.waypoint();
            return waypoint == null || WaypointLookup.isWaypoint(source, waypoint, mesh)
                    ? direct(workload, destination.port(), null)
                    : viaWaypoint(waypoint, null);
        }

        private boolean isRemote(Workload workload) {
            return !workload.network().equals(source.network());
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
            long point = selection.random().nextLong(total);
            for (WeightedWaypoint candidate : weighted) {
                point -= candidate.weight();
                if (point < 0) {
                    return candidate.waypoint();
                }
            }
            throw new AssertionError("the weights add up to " + total);
        }

        private OutboundRoute viaWaypoint(WaypointRef waypoint, @Nullable MeshService service) {
            return switch (WaypointLookup.pick(
                    waypoint, source, Purpose.WAYPOINT, mesh, selection)) {
                case WaypointLookup.Result.Unknown unknown ->
                        new Refused(
                                Refused.Kind.UNKNOWN_WAYPOINT,
                                "unknown waypoint: " + WaypointLookup.describe(waypoint));
                case WaypointLookup.Result.NoneHealthy none -> noHealthyUpstream();
                case WaypointLookup.Result.Found found when isRemote(found.workload()) ->
                        service == null
                                ? noWayTo(found.workload(), "a waypoint of a workload")
                                : viaGateway(found.workload(), found.service(), service);
                case WaypointLookup.Result.Found found -> viaWaypoint(waypoint, found, service);
            };
        }

        private OutboundRoute viaWaypoint(
                WaypointRef reference,
                WaypointLookup.Result.Found found,
                @Nullable MeshService service) {
            Hop hop = hop(found.workload(), found.port(), found.service(), wanted(reference));
            return hop == null
                    ? noAddress(found.workload())
                    : new OutboundRoute.ViaWaypoint(
                            hop,
                            destination.toString(),
                            ExpectedIds.of(found.workload(), found.service()),
                            found.workload(),
                            found.service(),
                            service);
        }

        /** A reference by name adapts to the application's family, one by address is meant so. */
        private IpAddress wanted(WaypointRef reference) {
            return switch (reference) {
                case WaypointRef.ByAddress byAddress -> byAddress.address().address();
                case WaypointRef.ByHostname byHostname -> destination.address();
            };
        }

        /**
         * To another network.
         *
         * @param upstream what was chosen there
         * @param proven the service whose names the far end must show: the waypoint's, or the one
         *     addressed
         */
        private OutboundRoute viaGateway(
                Workload upstream, @Nullable MeshService proven, MeshService service) {
            WaypointRef reference = upstream.networkGateway();
            if (reference == null) {
                return noWayTo(upstream, "which has no network gateway");
            }
            List<SpiffeId> inner = proven == null ? List.of() : ExpectedIds.declared(proven);
            if (inner.isEmpty()) {
                return noWayTo(
                        upstream,
                        "and its service names nobody to trust there (expected:"
                                + " subject_alt_names)");
            }
            return switch (WaypointLookup.pick(
                    reference, source, Purpose.SERVICE, mesh, selection)) {
                case WaypointLookup.Result.Unknown unknown ->
                        noWayTo(
                                upstream,
                                "network gateway "
                                        + WaypointLookup.describe(reference)
                                        + " not found");
                case WaypointLookup.Result.NoneHealthy none -> noHealthyUpstream();
                case WaypointLookup.Result.Found gateway -> {
                    Hop hop =
                            hop(
                                    gateway.workload(),
                                    gateway.port(),
                                    gateway.service(),
                                    wanted(reference));
                    yield hop == null
                            ? noAddress(gateway.workload())
                            : new OutboundRoute.ViaGateway(
                                    hop,
                                    service.hostname() + ":" + destination.port(),
                                    gateway.workload(),
                                    ExpectedIds.of(gateway.workload(), gateway.service()),
                                    inner,
                                    upstream,
                                    service);
                }
            };
        }

        private OutboundRoute direct(Workload upstream, int port, @Nullable MeshService service) {
            Hop application = hop(upstream, port, service, destination.address());
            if (application == null) {
                return noAddress(upstream);
            }
            return switch (upstream.tunnelProtocol()) {
                case NONE -> new OutboundRoute.Direct(application, upstream, service);
                case HBONE ->
                        new OutboundRoute.Tunnel(
                                application.withPort(HBONE_PORT),
                                application.toString(),
                                ExpectedIds.of(upstream, service),
                                upstream,
                                service);
            };
        }

        /** Null if the workload has neither an address that may be used nor a name. */
        private @Nullable Hop hop(
                Workload workload, int port, @Nullable MeshService service, IpAddress wanted) {
            IpFamilies families = service == null ? IpFamilies.AUTOMATIC : service.ipFamilies();
            boolean preferV4 = wanted.isV4();
            IpAddress chosen = null;
            for (IpAddress address : workload.addresses()) {
                if (address.equals(wanted)) {
                    return Hop.at(address, port);
                }
                if (!families.allow(address)) {
                    continue;
                }
                if (chosen == null || (chosen.isV4() != preferV4 && address.isV4() == preferV4)) {
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

        private Refused noWayTo(Workload workload, String why) {
            return new Refused(
                    Refused.Kind.MULTI_NETWORK,
                    "no valid destination: workload "
                            + workload.uid()
                            + " is in network \""
                            + workload.network()
                            + "\", "
                            + why);
        }
    }
}
