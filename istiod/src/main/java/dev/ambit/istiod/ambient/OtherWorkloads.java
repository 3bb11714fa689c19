package dev.ambit.istiod.ambient;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.NetworkMode;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadBuilder;
import dev.ambit.api.workload.WorkloadStatus;
import dev.ambit.api.workload.WorkloadType;
import dev.ambit.identity.SpiffeId;
import dev.ambit.istiod.ambient.ServiceBackend.BackendPort;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.resource.EndpointSlice;
import dev.ambit.istiod.resource.Meta;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.ServiceEntry;
import dev.ambit.istiod.resource.WorkloadEntry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Workloads that are no pods: WorkloadEntries, endpoints of ServiceEntries, addresses in
 * EndpointSlices.
 */
final class OtherWorkloads {
    private static final String DEFAULT_ACCOUNT = "default";

    /** The tables they are made of. */
    record Sources(
            IndexTable<String, ObjectName> entries,
            IndexTable<String, ObjectName> inline,
            IndexTable<String, ObjectName> slices,
            Table<ObjectName, ServiceBackend> serviceEntries) {}

    private final MeshInputs inputs;
    private final MeshSettings settings;
    private final Uids uids;
    private final Sources sources;
    private final Workloads.Attributes attributes;

    OtherWorkloads(
            MeshInputs inputs,
            MeshSettings settings,
            Uids uids,
            Sources sources,
            Workloads.Attributes attributes) {
        this.inputs = inputs;
        this.settings = settings;
        this.uids = uids;
        this.sources = sources;
        this.attributes = attributes;
    }

    @Nullable Workload compute(String uid, Reads reads) {
        for (ObjectName name : reads.find(sources.entries(), uid)) {
            WorkloadEntry entry = reads.get(inputs.workloadEntries, name);
            if (entry != null) {
                return entry(uid, entry, reads);
            }
        }
        for (ObjectName name : reads.find(sources.inline(), uid)) {
            ServiceEntry entry = reads.get(inputs.serviceEntries, name);
            if (entry != null) {
                return inline(uid, entry, reads);
            }
        }
        for (ObjectName name : reads.find(sources.slices(), uid)) {
            EndpointSlice slice = reads.get(inputs.endpointSlices, name);
            if (slice != null) {
                return slice(uid, slice, reads);
            }
        }
        return null;
    }

    private Workload entry(String uid, WorkloadEntry entry, Reads reads) {
        Meta meta = entry.meta();
        WorkloadEntry.Spec spec = entry.spec();
        // The labels of the entry and of its template count as one set, as for a pod.
        Map<String, String> labels = new java.util.TreeMap<>(meta.labels());
        labels.putAll(spec.labels());
        boolean nativeTunnel = "http".equals(labels.get(MeshLabels.TUNNEL));
        boolean hbone = nativeTunnel || Workloads.isCaptured(meta);
        Map<NamespacedHostname, List<Port>> services =
                attributes
                        .membership()
                        .selecting(entry.namespace(), labels, p -> target(p, spec), reads);
        return described(uid, entry.name().name(), meta, spec, labels, reads)
                .services(services)
                .tunnelProtocol(hbone ? TunnelProtocol.HBONE : TunnelProtocol.NONE)
                .nativeTunnel(nativeTunnel)
                .waypoint(attributes.waypoint(meta, reads))
                .authorizationPolicies(attributes.policies().of(entry.namespace(), labels, reads))
                .build();
    }

    private @Nullable Workload inline(String uid, ServiceEntry entry, Reads reads) {
        WorkloadEntry.Spec spec = null;
        for (WorkloadEntry.Spec candidate : entry.endpoints()) {
            if (uids.inline(entry.name(), candidate.address()).equals(uid)) {
                spec = candidate;
            }
        }
        String onlyHost = "";
        if (spec == null) {
            for (String host : entry.hosts()) {
                if (uids.inline(entry.name(), host).equals(uid)) {
                    onlyHost = host;
                    spec = new WorkloadEntry.Spec(null, host, Map.of(), Map.of(), "", "", 0, "");
                }
            }
        }
        ServiceBackend backend = reads.get(sources.serviceEntries(), entry.name());
        if (spec == null || backend == null) {
            return null;
        }
        WorkloadEntry.Spec found = spec;
        List<Port> ports = ServiceMembership.ports(backend, p -> target(p, found));
        Map<NamespacedHostname, List<Port>> services = ServiceMembership.newMap();
        for (NamespacedHostname host : backend.hosts()) {
            if (onlyHost.isEmpty() || host.hostname().equals(onlyHost)) {
                services.put(host, ports);
            }
        }
        boolean nativeTunnel = "http".equals(found.labels().get(MeshLabels.TUNNEL));
        return described(uid, entry.name().name(), entry.meta(), found, found.labels(), reads)
                .services(services)
                .tunnelProtocol(nativeTunnel ? TunnelProtocol.HBONE : TunnelProtocol.NONE)
                .nativeTunnel(nativeTunnel)
                .authorizationPolicies(
                        attributes.policies().of(entry.namespace(), found.labels(), reads))
                .build();
    }

    private WorkloadBuilder described(
            String uid,
            String name,
            Meta meta,
            WorkloadEntry.Spec spec,
            Map<String, String> labels,
            Reads reads) {
        String account = spec.serviceAccount().isEmpty() ? DEFAULT_ACCOUNT : spec.serviceAccount();
        String namespace = meta.name().namespace();
        return Workload.builder(uid, name, SpiffeId.of(settings.trustDomain(), namespace, account))
                .addresses(spec.ip() == null ? List.of() : List.of(spec.ip()))
                .hostname(spec.hostname())
                .network(
                        spec.network().isEmpty()
                                ? attributes.networks().local(reads)
                                : spec.network())
                .clusterId(settings.clusterId())
                .locality(locality(spec.locality()))
                .canonicalName(CanonicalName.name(labels, name))
                .canonicalRevision(CanonicalName.revision(labels))
                .workloadType(WorkloadType.POD)
                .workloadName(name)
                .capacity(spec.weight() == 0 ? 1 : spec.weight());
    }

    private @Nullable Workload slice(String uid, EndpointSlice slice, Reads reads) {
        for (EndpointSlice.Endpoint e : slice.endpoints()) {
            if (e.pod() != null
                    || e.addresses().isEmpty()
                    || !uids.slice(slice.name(), e.addresses().getFirst()).equals(uid)) {
                continue;
            }
            Map<NamespacedHostname, List<Port>> services = ServiceMembership.newMap();
            attributes.membership().addSlice(slice, services, reads);
            if (services.isEmpty()) {
                return null;
            }
            return Workload.builder(
                            uid,
                            slice.name().name(),
                            SpiffeId.of(settings.trustDomain(), slice.namespace(), DEFAULT_ACCOUNT))
                    .addresses(e.addresses())
                    .network(attributes.networks().local(reads))
                    .node(e.nodeName())
                    .clusterId(settings.clusterId())
                    .networkMode(NetworkMode.HOST_NETWORK)
                    .canonicalName(slice.name().name())
                    .canonicalRevision(CanonicalName.revision(Map.of()))
                    .workloadType(WorkloadType.POD)
                    .workloadName(slice.name().name())
                    .services(services)
                    .status(e.ready() ? WorkloadStatus.HEALTHY : WorkloadStatus.UNHEALTHY)
                    .build();
        }
        return null;
    }

    /** Its own port of that name, else the service's target. */
    private static @Nullable Integer target(BackendPort port, WorkloadEntry.Spec spec) {
        Integer own = spec.ports().get(port.name());
        if (own != null) {
            return own;
        }
        if (port.target() != 0) {
            return port.target();
        }
        return spec.ports().get(port.targetName());
    }

    private static Locality locality(String text) {
        String[] parts = text.split("/", 3);
        return text.isEmpty()
                ? Locality.UNKNOWN
                : new Locality(
                        parts[0],
                        parts.length > 1 ? parts[1] : "",
                        parts.length > 2 ? parts[2] : "");
    }
}
