package dev.ambit.istiod.ambient;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.istiod.ambient.WaypointLookup.Attachment;
import dev.ambit.istiod.live.DerivedTable;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.live.TableGraph;
import dev.ambit.istiod.resource.AuthorizationPolicy;
import dev.ambit.istiod.resource.EndpointSlice;
import dev.ambit.istiod.resource.Meta;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.PeerAuthentication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The derived tables of the mesh, in the order a wave takes them. This file is the map: each table
 * has one line here and its recipe in a class of its own. Confined to the mesh loop.
 */
public final class AmbientTables {
    private final TableGraph graph;
    private final MeshInputs inputs;
    private final MeshSettings settings;
    private final Networks networks;
    private final Uids uids;

    /** Gateways that things may attach to. */
    private final DerivedTable<ObjectName, Waypoint> waypoints;

    private final WaypointLookup lookup;
    private final DerivedTable<ObjectName, ServiceBackend> serviceBackends;
    private final DerivedTable<ObjectName, ServiceBackend> entryBackends;
    private final DerivedTable<NamespacedHostname, MeshService> services;
    private final DerivedTable<ObjectName, Attachment> serviceAttachments;
    private final DerivedTable<String, Workload> workloads;
    private final DerivedTable<ObjectName, L4PolicyTranslation.Result> l4Policies;
    private final DerivedTable<ObjectName, Authorization> portPolicies;
    private final DerivedTable<String, Authorization> strictPolicies;
    private final DerivedTable<ObjectName, L4Telemetry> telemetries;
    private final IndexTable<NetworkAddress, String> workloadsByAddress;
    private final IndexTable<NetworkAddress, NamespacedHostname> servicesByVip;
    private final IndexTable<NamespacedHostname, String> workloadsByService;
    private final IndexTable<String, String> workloadsByNode;

    public AmbientTables(TableGraph graph, MeshInputs inputs, MeshSettings settings) {
        this.graph = graph;
        this.inputs = inputs;
        this.settings = settings;
        this.networks = new Networks(inputs, settings);
        this.uids = new Uids(settings);
        waypoints =
                graph.derived("waypoints", inputs.gateways, new WaypointRecipe(inputs, networks));
        lookup = new WaypointLookup(inputs, waypoints, namespaceChoices());
        Backends backends = new Backends(inputs, settings);
        serviceBackends = graph.derived("serviceBackends", inputs.services, backends::ofService);
        entryBackends = graph.derived("entryBackends", inputs.serviceEntries, backends::ofEntry);
        services = meshServices();
        serviceAttachments = attachments();
        l4Policies =
                graph.derived(
                        "l4Policies",
                        inputs.authorizationPolicies,
                        (name, reads) -> {
                            AuthorizationPolicy p = reads.get(inputs.authorizationPolicies, name);
                            return p == null ? null : L4PolicyTranslation.translate(p, settings);
                        });
        WorkloadPolicies policies = workloadPolicies();
        strictPolicies = staticStrict();
        portPolicies = portPolicies(policies);
        telemetries =
                graph.derived(
                        "l4Telemetries",
                        inputs.telemetries,
                        new L4Telemetry.Recipe(
                                inputs,
                                index("podsByNamespace", inputs.pods, p -> List.of(p.namespace())),
                                uids,
                                settings.rootNamespace()));
        workloads = meshWorkloads(policies);
        workloadsByAddress = index("workloadsByAddress", workloads, AmbientTables::addresses);
        workloadsByService = index("workloadsByService", workloads, w -> w.services().keySet());
        workloadsByNode = index("workloadsByNode", workloads, w -> List.of(w.node()));
        servicesByVip = index("servicesByVip", services, MeshService::vips);
    }

    private Table<ObjectName, WaypointChoice> namespaceChoices() {
        return graph.derived(
                "namespaceChoices",
                inputs.namespaces,
                (name, reads) -> {
                    var ns = reads.get(inputs.namespaces, name);
                    return ns == null ? null : WaypointChoice.of(ns.meta(), name.name());
                });
    }

    private DerivedTable<NamespacedHostname, MeshService> meshServices() {
        IndexTable<NamespacedHostname, ObjectName> ofServices =
                index("serviceHosts", serviceBackends, ServiceBackend::hosts);
        IndexTable<NamespacedHostname, ObjectName> ofEntries =
                index("entryHosts", entryBackends, ServiceBackend::hosts);
        MeshServices.Hosts hosts =
                new MeshServices.Hosts(
                        ofServices,
                        ofEntries,
                        graph.index("serviceNames", ofServices, (k, v) -> List.of(k.hostname())),
                        graph.index("entryNames", ofEntries, (k, v) -> List.of(k.hostname())));
        return graph.derived(
                "meshServices",
                List.of(ofServices, ofEntries),
                new MeshServices(inputs, networks, lookup, hosts));
    }

    /** What became of each service's wish for a waypoint, for status and debug pages. */
    private DerivedTable<ObjectName, Attachment> attachments() {
        return graph.derived(
                "serviceAttachments",
                inputs.services,
                (name, reads) -> {
                    var service = reads.get(inputs.services, name);
                    if (service == null || MeshServices.isWaypointObject(service.meta())) {
                        return null;
                    }
                    return lookup.find(service.meta(), WaypointLookup.Target.SERVICE, reads);
                });
    }

    private WorkloadPolicies workloadPolicies() {
        DerivedTable<ObjectName, Map<String, String>> selectors =
                graph.derived(
                        "policySelectors",
                        inputs.authorizationPolicies,
                        (name, reads) -> {
                            AuthorizationPolicy p = reads.get(inputs.authorizationPolicies, name);
                            boolean sent =
                                    reads.get(l4Policies, name)
                                            instanceof L4PolicyTranslation.Result.Sent;
                            return p == null || !sent ? null : p.selector();
                        });
        return new WorkloadPolicies(
                new WorkloadPolicies.Sources(
                        selectors,
                        graph.index(
                                "policiesBySelector",
                                selectors,
                                (k, v) -> List.of(SelectorCell.of(k.namespace(), v))),
                        inputs.peerAuthentications,
                        index(
                                "peersOfNamespace",
                                inputs.peerAuthentications,
                                p ->
                                        WorkloadPolicies.hasSelector(p)
                                                ? List.of()
                                                : List.of(p.namespace())),
                        index(
                                "peersBySelector",
                                inputs.peerAuthentications,
                                AmbientTables::peerCells)),
                settings);
    }

    private static List<SelectorCell> peerCells(PeerAuthentication p) {
        Map<String, String> selector = p.selector();
        return selector == null || selector.isEmpty()
                ? List.of()
                : List.of(SelectorCell.of(p.namespace(), selector));
    }

    /** The static policy is there as soon as there is any PeerAuthentication. */
    private DerivedTable<String, Authorization> staticStrict() {
        Authorization strict = PeerAuthenticationTranslation.staticStrict(settings.rootNamespace());
        IndexTable<String, ObjectName> any =
                index("peerAuthenticated", inputs.peerAuthentications, p -> List.of(strict.key()));
        return graph.derived("strictPolicies", any, (key, reads) -> strict);
    }

    private DerivedTable<ObjectName, Authorization> portPolicies(WorkloadPolicies policies) {
        return graph.derived(
                "portPolicies",
                inputs.peerAuthentications,
                (name, reads) -> {
                    PeerAuthentication p = reads.get(inputs.peerAuthentications, name);
                    if (p == null || name.namespace().equals(settings.rootNamespace())) {
                        return null;
                    }
                    boolean strict = policies.defaultStrict(name.namespace(), reads);
                    return PeerAuthenticationTranslation.portLevel(p, strict).orElse(null);
                });
    }

    private DerivedTable<String, Workload> meshWorkloads(WorkloadPolicies policies) {
        Workloads.Attributes attributes =
                new Workloads.Attributes(networks, lookup, membership(), policies);
        OtherWorkloads.Sources others =
                new OtherWorkloads.Sources(
                        index("entryUids", inputs.workloadEntries, uids::of),
                        index("inlineUids", inputs.serviceEntries, uids::of),
                        index("sliceUids", inputs.endpointSlices, uids::of),
                        entryBackends);
        Workloads.Sources sources =
                new Workloads.Sources(
                        index("podUids", inputs.pods, uids::of), localities(), waypoints);
        return graph.derived(
                "workloads",
                List.of(sources.pods(), others.entries(), others.inline(), others.slices()),
                new Workloads(
                        inputs,
                        settings,
                        sources,
                        attributes,
                        new OtherWorkloads(inputs, settings, uids, others, attributes)));
    }

    private ServiceMembership membership() {
        return new ServiceMembership(
                new ServiceMembership.Sources(
                        serviceBackends,
                        entryBackends,
                        bySelector("servicesBySelector", serviceBackends),
                        bySelector("entriesBySelector", entryBackends),
                        inputs.endpointSlices,
                        index("slicesByPod", inputs.endpointSlices, AmbientTables::pods)));
    }

    private IndexTable<SelectorCell, ObjectName> bySelector(
            String name, Table<ObjectName, ServiceBackend> backends) {
        return graph.index(
                name,
                backends,
                (k, v) ->
                        v.selector() == null
                                ? List.of()
                                : List.of(SelectorCell.of(k.namespace(), v.selector())));
    }

    private DerivedTable<ObjectName, Locality> localities() {
        return graph.derived(
                "localities",
                inputs.nodes,
                (name, reads) -> {
                    var node = reads.get(inputs.nodes, name);
                    if (node == null) {
                        return null;
                    }
                    Meta m = node.meta();
                    return new Locality(
                            m.label(MeshLabels.REGION).orElse(""),
                            m.label(MeshLabels.ZONE).orElse(""),
                            m.label(MeshLabels.SUBZONE).orElse(""));
                });
    }

    private static List<ObjectName> pods(EndpointSlice slice) {
        List<ObjectName> pods = new ArrayList<>();
        for (EndpointSlice.Endpoint e : slice.endpoints()) {
            if (e.pod() != null) {
                pods.add(e.pod());
            }
        }
        return pods;
    }

    private static List<NetworkAddress> addresses(Workload w) {
        return w.addresses().stream().map(ip -> new NetworkAddress(w.network(), ip)).toList();
    }

    private <J, K, V> IndexTable<J, K> index(
            String name, Table<K, V> source, Function<V, ? extends java.util.Collection<J>> of) {
        return graph.index(name, source, (k, v) -> java.util.List.copyOf(of.apply(v)));
    }

    public DerivedTable<ObjectName, Waypoint> waypoints() {
        return waypoints;
    }

    public WaypointLookup waypointLookup() {
        return lookup;
    }

    public DerivedTable<NamespacedHostname, MeshService> services() {
        return services;
    }

    public DerivedTable<ObjectName, Attachment> serviceAttachments() {
        return serviceAttachments;
    }

    public DerivedTable<String, Workload> workloads() {
        return workloads;
    }

    public DerivedTable<ObjectName, L4PolicyTranslation.Result> l4Policies() {
        return l4Policies;
    }

    public DerivedTable<ObjectName, Authorization> portPolicies() {
        return portPolicies;
    }

    public DerivedTable<String, Authorization> strictPolicies() {
        return strictPolicies;
    }

    public DerivedTable<ObjectName, L4Telemetry> telemetries() {
        return telemetries;
    }

    public IndexTable<NetworkAddress, String> workloadsByAddress() {
        return workloadsByAddress;
    }

    public IndexTable<NetworkAddress, NamespacedHostname> servicesByVip() {
        return servicesByVip;
    }

    public IndexTable<NamespacedHostname, String> workloadsByService() {
        return workloadsByService;
    }

    public IndexTable<String, String> workloadsByNode() {
        return workloadsByNode;
    }
}
