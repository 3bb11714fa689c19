package dev.ambit.policy.l4;

import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.LoadBalancing;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.state.Endpoint;
import dev.ambit.policy.state.Endpoints;
import dev.ambit.policy.state.MeshView;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of a service for one connection: at random by capacity, among those that can be
 * reached and that the service's load balancing prefers (ambient.md 1.19).
 */
public final class EndpointPicker {

    /** After so many misses looking at every endpoint once is cheaper. */
    private static final int GUESSES = 8;

    private EndpointPicker() {}

    /** Whom an endpoint is picked for. */
    public enum Purpose {
        /** The application's own connection. */
        SERVICE,
        /** The way to a waypoint, whose service need not declare the port. */
        WAYPOINT
    }

    /** Null if there is none that can be reached. */
    public static @Nullable Endpoint pick(
            Workload source,
            MeshService service,
            int servicePort,
            Purpose purpose,
            MeshView mesh,
            Selection selection) {
        Endpoints endpoints = mesh.endpoints(service.key());
        if (endpoints.isEmpty() || endpoints.maxCapacity() <= 0) {
            return null;
        }
        Endpoint picked =
                pick(endpoints, new Target(source, service, servicePort, purpose, selection));
        return picked == null && selection.avoided() != null
                ? pick(source, service, servicePort, purpose, mesh, selection.unavoided())
                : picked;
    }

    private static @Nullable Endpoint pick(Endpoints endpoints, Target target) {
        RandomGenerator random = target.selection().random();
        return switch (target.service().loadBalancing().mode()) {
            case UNSPECIFIED -> any(endpoints, target, random);
            case STRICT, FAILOVER -> preferred(endpoints, target, random);
            // The client's own destination is the choice.
            case PASSTHROUGH -> null;
        };
    }

    /** The port to connect to at an endpoint; 0 if nobody says. */
    public static int targetPort(
            Endpoint endpoint, MeshService service, int servicePort, Purpose purpose) {
        Port declared = service.port(servicePort);
        boolean tolerated =
                purpose == Purpose.WAYPOINT && endpoint.workload().applicationTunnel() != null;
        if (declared == null && !tolerated) {
            // Not a port of this service, whatever the endpoint says.
            return 0;
        }
        int port = endpoint.targetPort(servicePort, declared == null ? 0 : declared.targetPort());
        return port == 0 && tolerated ? servicePort : port;
    }

    private record Target(
            Workload source,
            MeshService service,
            int servicePort,
            Purpose purpose,
            Selection selection) {

        boolean reaches(Endpoint endpoint) {
            Workload workload = endpoint.workload();
            boolean viaGateway =
                    workload.networkGateway() != null
                            && !workload.network().equals(source.network());
            return selection.allows(workload.uid())
                    && targetPort(endpoint, service, servicePort, purpose) != 0
                    && (hasAddress(workload) || !workload.hostname().isEmpty() || viaGateway);
        }

        private boolean hasAddress(Workload workload) {
            for (IpAddress address : workload.addresses()) {
                if (service.ipFamilies().allow(address)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static @Nullable Endpoint any(
            Endpoints endpoints, Target target, RandomGenerator random) {
        int max = endpoints.maxCapacity();
        for (int guess = 0; guess < GUESSES; guess++) {
            Endpoint endpoint = endpoints.get(random.nextInt(endpoints.size()));
            int capacity = endpoint.workload().capacity();
            if ((capacity == max || random.nextInt(max) < capacity) && target.reaches(endpoint)) {
                return endpoint;
            }
        }
        Choice choice = new Choice(random);
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            if (target.reaches(endpoint)) {
                choice.offer(endpoint);
            }
        }
        return choice.chosen;
    }

    private static @Nullable Endpoint preferred(
            Endpoints endpoints, Target target, RandomGenerator random) {
        LoadBalancing balancing = target.service().loadBalancing();
        List<LoadBalancing.Scope> preferences = balancing.preferences();
        boolean strict = balancing.mode() == LoadBalancing.Mode.STRICT;
        int best = 0;
        Choice choice = new Choice(random);
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            int rank =
                    strict
                            ? allMatch(preferences, target.source(), endpoint.workload()) ? 0 : -1
                            : rank(preferences, target.source(), endpoint.workload());
            if (rank < best || !target.reaches(endpoint)) {
                continue;
            }
            if (rank > best) {
                best = rank;
                choice = new Choice(random);
            }
            choice.offer(endpoint);
        }
        return choice.chosen;
    }

    private static boolean allMatch(
            List<LoadBalancing.Scope> preferences, Workload source, Workload endpoint) {
        for (LoadBalancing.Scope scope : preferences) {
            if (!matches(scope, source, endpoint)) {
                return false;
            }
        }
        return true;
    }

    /**
     * How many leading preferences agree. Where the network comes first it weighs more than all
     * others together, and endpoints of other networks are still ranked among themselves.
     */
    static int rank(List<LoadBalancing.Scope> preferences, Workload source, Workload endpoint) {
        int rank = 0;
        for (int i = 0; i < preferences.size(); i++) {
            LoadBalancing.Scope scope = preferences.get(i);
            boolean networkFirst = i == 0 && scope == LoadBalancing.Scope.NETWORK;
            if (matches(scope, source, endpoint)) {
                rank += networkFirst ? preferences.size() : 1;
            } else if (!networkFirst) {
                break;
            }
        }
        return rank;
    }

    private static boolean matches(LoadBalancing.Scope scope, Workload a, Workload b) {
        return switch (scope) {
            case REGION -> a.locality().region().equals(b.locality().region());
            case ZONE -> a.locality().zone().equals(b.locality().zone());
            case SUBZONE -> a.locality().subzone().equals(b.locality().subzone());
            case NODE -> a.node().equals(b.node());
            case CLUSTER -> a.clusterId().equals(b.clusterId());
            case NETWORK -> a.network().equals(b.network());
        };
    }

    /** Of all that are offered one, each as likely as its capacity says, without a list of them. */
    private static final class Choice {
        private final RandomGenerator random;
        private long offered;
        private @Nullable Endpoint chosen;

        Choice(RandomGenerator random) {
            this.random = random;
        }

        void offer(Endpoint endpoint) {
            int capacity = endpoint.workload().capacity();
            if (capacity > 0) {
                offered += capacity;
                if (random.nextLong(offered) < capacity) {
                    chosen = endpoint;
                }
            }
        }
    }
}
