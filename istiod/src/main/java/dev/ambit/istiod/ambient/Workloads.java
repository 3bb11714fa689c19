package dev.ambit.istiod.ambient;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.NetworkMode;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadBuilder;
import dev.ambit.api.workload.WorkloadStatus;
import dev.ambit.api.workload.WorkloadType;
import dev.ambit.identity.SpiffeId;
import dev.ambit.istiod.ambient.ServiceBackend.BackendPort;
import dev.ambit.istiod.ambient.WaypointLookup.Attachment;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Recipe;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.resource.Meta;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.Pod;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pod to {@link Workload}; hands what is no pod to {@link OtherWorkloads}. */
final class Workloads implements Recipe<String, Workload> {

    /** The tables workloads are made of. */
    record Sources(
            IndexTable<String, ObjectName> pods,
            Table<ObjectName, Locality> localities,
            Table<ObjectName, Waypoint> waypoints) {}

    private final MeshInputs inputs;
    private final MeshSettings settings;
    private final Sources sources;
    private final Networks networks;
    private final WaypointLookup lookup;
    private final ServiceMembership membership;
    private final WorkloadPolicies policies;
    private final OtherWorkloads others;

    Workloads(
            MeshInputs inputs,
            MeshSettings settings,
            Sources sources,
            Attributes attributes,
            OtherWorkloads others) {
        this.inputs = inputs;
        this.settings = settings;
        this.sources = sources;
        this.networks = attributes.networks();
        this.lookup = attributes.lookup();
        this.membership = attributes.membership();
        this.policies = attributes.policies();
        this.others = others;
    }

    /** What every kind of workload is asked for. */
    record Attributes(
            Networks networks,
            WaypointLookup lookup,
            ServiceMembership membership,
            WorkloadPolicies policies) {

        @Nullable WaypointRef waypoint(Meta meta, Reads reads) {
            return !MeshServices.isWaypointObject(meta)
                            && lookup.find(meta, WaypointLookup.Target.WORKLOAD, reads)
                                    instanceof Attachment.Attached attached
                    ? attached.ref()
                    : null;
        }
    }

    @Override
    public @Nullable Workload compute(String uid, Reads reads) {
        for (ObjectName name : reads.find(sources.pods(), uid)) {
            Pod pod = reads.get(inputs.pods, name);
            if (pod != null) {
                return pod(uid, pod, reads);
            }
        }
        return others.compute(uid, reads);
    }

    private Workload pod(String uid, Pod pod, Reads reads) {
        Meta meta = pod.meta();
        String namespace = pod.namespace();
        Map<NamespacedHostname, List<Port>> services =
                membership.selecting(namespace, meta.labels(), p -> target(p, pod), reads);
        membership.addBySlices(pod.name(), services, reads);
        boolean nativeTunnel = isNative(meta);
        boolean hbone = nativeTunnel || isCaptured(meta);
        Locality locality = reads.get(sources.localities(), new ObjectName("", pod.nodeName()));
        String owner = owner(pod);
        WorkloadBuilder b =
                Workload.builder(
                                uid,
                                pod.name().name(),
                                SpiffeId.of(
                                        settings.trustDomain(), namespace, pod.serviceAccount()))
                        .addresses(pod.ips())
                        .network(networks.of(meta.labels(), reads))
                        .node(pod.nodeName())
                        .clusterId(settings.clusterId())
                        .locality(locality == null ? Locality.UNKNOWN : locality)
                        .networkMode(
                                pod.hostNetwork() ? NetworkMode.HOST_NETWORK : NetworkMode.STANDARD)
                        .canonicalName(CanonicalName.name(meta.labels(), owner))
                        .canonicalRevision(CanonicalName.revision(meta.labels()))
                        .workloadType(WorkloadType.POD)
                        .workloadName(owner)
                        .tunnelProtocol(hbone ? TunnelProtocol.HBONE : TunnelProtocol.NONE)
                        .nativeTunnel(nativeTunnel)
                        .services(services)
                        .authorizationPolicies(policies.of(namespace, meta.labels(), reads))
                        .status(
                                pod.ready() && !meta.deleting()
                                        ? WorkloadStatus.HEALTHY
                                        : WorkloadStatus.UNHEALTHY);
        return gateway(b, meta, reads).build();
    }

    /** A pod of a waypoint has no waypoint, but may want its connections in a certain form. */
    private WorkloadBuilder gateway(WorkloadBuilder b, Meta meta, Reads reads) {
        String gatewayName = meta.labels().get(MeshLabels.GATEWAY_NAME);
        if (gatewayName != null) {
            Waypoint of =
                    reads.get(
                            sources.waypoints(),
                            new ObjectName(meta.name().namespace(), gatewayName));
            if (of != null) {
                return b.applicationTunnel(of.inner());
            }
        }
        if (!MeshServices.isWaypointObject(meta)
                && lookup.find(meta, WaypointLookup.Target.WORKLOAD, reads)
                        instanceof Attachment.Attached attached) {
            b.waypoint(attached.ref());
        }
        return b;
    }

    static boolean isCaptured(Meta meta) {
        return meta.annotation(MeshLabels.REDIRECTION).orElse("").equals("enabled");
    }

    static boolean isNative(Meta meta) {
        return meta.label(MeshLabels.TUNNEL).orElse("").equals("http");
    }

    private static @Nullable Integer target(BackendPort port, Pod pod) {
        if (port.target() != 0) {
            return port.target();
        }
        for (Pod.ContainerPort p : pod.containerPorts()) {
            if (p.name().equals(port.targetName())) {
                return p.port();
            }
        }
        return null;
    }

    /** The Deployment behind a ReplicaSet, else the controller, else the pod itself. */
    private static String owner(Pod pod) {
        Pod.Controller controller = pod.controller();
        if (controller == null) {
            return pod.name().name();
        }
        String hash = pod.meta().labels().get("pod-template-hash");
        if (controller.kind().equals("ReplicaSet")
                && hash != null
                && controller.name().endsWith("-" + hash)) {
            return controller.name().substring(0, controller.name().length() - hash.length() - 1);
        }
        return controller.name();
    }
}
