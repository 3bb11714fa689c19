package dev.ambit.istiod.routing;

import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.PolicyTarget;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.api.workload.MeshService;
import dev.ambit.istiod.ambient.MeshInputs;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.ambient.Waypoint;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Recipe;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.resource.AuthorizationPolicy;
import dev.ambit.istiod.resource.AuthorizationPolicy.TargetRef;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.routing.Problem.Reason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * AuthorizationPolicy with targets to {@link WaypointPolicy}. A target is of the policy's own
 * namespace: a service, a ServiceEntry, a waypoint; the class of waypoints only from the root
 * namespace. Policies without targets are the node proxies'.
 */
final class WaypointPolicies implements Recipe<ObjectName, Bound<WaypointPolicy>> {

    /** Where waypoints are found. */
    record Sources(
            Table<ObjectName, Waypoint> waypoints,
            IndexTable<String, ObjectName> gatewaysByClass) {}

    private final MeshInputs inputs;
    private final MeshSettings settings;
    private final MeshDirectory directory;
    private final Sources sources;

    WaypointPolicies(
            MeshInputs inputs, MeshSettings settings, MeshDirectory directory, Sources sources) {
        this.inputs = inputs;
        this.settings = settings;
        this.directory = directory;
        this.sources = sources;
    }

    @Override
    public @Nullable Bound<WaypointPolicy> compute(ObjectName name, Reads reads) {
        AuthorizationPolicy policy = reads.get(inputs.authorizationPolicies, name);
        return policy == null || policy.targets().isEmpty()
                ? null
                : new Translation(policy, reads).result();
    }

    /** One policy. */
    private final class Translation {
        private final AuthorizationPolicy policy;
        private final ObjectName name;
        private final Reads reads;
        private final List<Problem> problems = new ArrayList<>();
        private final Set<PolicyTarget> targets = new LinkedHashSet<>();
        private final Set<GatewayName> waypoints = new LinkedHashSet<>();

        Translation(AuthorizationPolicy policy, Reads reads) {
            this.policy = policy;
            this.name = policy.meta().name();
            this.reads = reads;
        }

        Bound<WaypointPolicy> result() {
            policy.targets().forEach(this::addTarget);
            if (targets.isEmpty()) {
                return new Bound<>(null, Set.of(), problems);
            }
            WaypointPolicy resource =
                    new WaypointPolicy(
                            name.namespace(),
                            name.name(),
                            List.copyOf(targets),
                            HttpPolicyTranslation.translate(policy, problems));
            return new Bound<>(resource, waypoints, problems);
        }

        private void addTarget(TargetRef ref) {
            ObjectName target = new ObjectName(ref.namespace(), ref.name());
            if (is(ref, "GatewayClass")) {
                addClass(ref.name());
            } else if (!ref.namespace().equals(name.namespace())) {
                notFound(
                        ref,
                        target + " (expected: a target of namespace " + name.namespace() + ")");
            } else if (is(ref, "Gateway")) {
                if (!addWaypoint(target)) {
                    notFound(ref, target + " is no waypoint");
                }
            } else {
                List<MeshService> services =
                        directory.services(ref.group(), ref.kind(), target, reads);
                if (services.isEmpty()) {
                    notFound(
                            ref,
                            target
                                    + " is not there (expected: a Service, ServiceEntry, Gateway"
                                    + " or GatewayClass)");
                }
                services.forEach(this::addService);
            }
        }

        private static boolean is(TargetRef ref, String kind) {
            return ref.group().equals(MeshDirectory.GATEWAY_API) && ref.kind().equals(kind);
        }

        private void addClass(String className) {
            if (!name.namespace().equals(settings.rootNamespace())) {
                problems.add(
                        new Problem(
                                Reason.TARGET_NOT_FOUND,
                                "target GatewayClass from namespace "
                                        + name.namespace()
                                        + " (expected: "
                                        + settings.rootNamespace()
                                        + ")"));
                return;
            }
            for (ObjectName gateway : reads.find(sources.gatewaysByClass(), className)) {
                addWaypoint(gateway);
            }
        }

        private boolean addWaypoint(ObjectName gateway) {
            if (reads.get(sources.waypoints(), gateway) == null) {
                return false;
            }
            targets.add(new PolicyTarget.ToListener(MeshDirectory.gateway(gateway)));
            waypoints.add(MeshDirectory.gateway(gateway));
            return true;
        }

        private void addService(MeshService service) {
            Set<GatewayName> bound = directory.waypoints(service, reads);
            if (bound.isEmpty()) {
                problems.add(
                        new Problem(
                                Reason.MISSING_USE_WAYPOINT,
                                "service " + service.key() + " goes through no waypoint"));
                return;
            }
            targets.add(new PolicyTarget.ToService(service.key()));
            waypoints.addAll(bound);
        }

        private void notFound(TargetRef ref, String what) {
            problems.add(new Problem(Reason.TARGET_NOT_FOUND, "target " + ref.kind() + " " + what));
        }
    }
}
