package dev.ambit.istiod.admin;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import dev.ambit.istiod.ambient.AmbientTables;
import dev.ambit.istiod.ambient.L4PolicyTranslation;
import dev.ambit.istiod.ambient.MeshInputs;
import dev.ambit.istiod.ambient.WaypointLookup.Attachment;
import dev.ambit.istiod.live.DerivedTable;
import dev.ambit.istiod.live.IndexTable;
import dev.ambit.istiod.live.LiveTable;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.live.TableGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the control plane made of the objects. Called on the mesh loop; returns copies. */
public final class MeshPages {
    private final MeshInputs inputs;
    private final AmbientTables ambient;
    private final TableGraph graph;

    public MeshPages(MeshInputs inputs, AmbientTables ambient, TableGraph graph) {
        this.inputs = inputs;
        this.ambient = ambient;
        this.graph = graph;
    }

    /** {@code /debug/ambientz}. */
    public Map<String, Object> ambientz() {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put(
                "workloads",
                ambient.workloads().entries().values().stream().map(MeshPages::workload).toList());
        page.put(
                "services",
                ambient.services().entries().values().stream().map(this::service).toList());
        page.put("policies", policies());
        page.put("waypoints", waypoints());
        page.put("namespaces", namespaces());
        return page;
    }

    private static Map<String, Object> workload(Workload w) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("uid", w.uid());
        m.put("name", w.name());
        m.put("namespace", w.namespace());
        m.put("serviceAccount", w.serviceAccount());
        m.put("trustDomain", w.identity().trustDomain().name());
        m.put("addresses", w.addresses().stream().map(Object::toString).toList());
        m.put("hostname", w.hostname());
        m.put("network", w.network());
        m.put("node", w.node());
        m.put("clusterId", w.clusterId());
        m.put("networkMode", w.networkMode().name());
        m.put("canonicalName", w.canonicalName());
        m.put("canonicalRevision", w.canonicalRevision());
        m.put("workloadName", w.workloadName());
        m.put("protocol", w.tunnelProtocol().name());
        m.put("status", w.status().name());
        m.put("locality", locality(w));
        m.put("waypoint", waypoint(w.waypoint()));
        Map<String, Object> services = new TreeMap<>();
        w.services().forEach((name, ports) -> services.put(name.toString(), ports(ports)));
        m.put("services", services);
        m.put("authorizationPolicies", w.authorizationPolicies());
        return m;
    }

    private static Map<String, String> locality(Workload w) {
        return Map.of(
                "region", w.locality().region(),
                "zone", w.locality().zone(),
                "subzone", w.locality().subzone());
    }

    private Map<String, Object> service(MeshService s) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("name", s.name());
        m.put("namespace", s.namespace());
        m.put("hostname", s.hostname());
        List<String> vips = new ArrayList<>();
        s.vips().forEach(v -> vips.add(v.toString()));
        s.cidrVips().forEach(v -> vips.add(v.toString()));
        m.put("addresses", vips);
        m.put("ports", ports(s.ports()));
        m.put("waypoint", waypoint(s.waypoint()));
        m.put("canonical", s.canonical());
        m.put("ipFamilies", s.ipFamilies().name());
        m.put("loadBalancing", s.loadBalancing().toString());
        m.put("endpoints", List.copyOf(ambient.workloadsByService().members(s.key())));
        return m;
    }

    private static Map<String, Integer> ports(List<Port> ports) {
        Map<String, Integer> m = new LinkedHashMap<>();
        ports.forEach(p -> m.put(Integer.toString(p.servicePort()), p.targetPort()));
        return m;
    }

    private static String waypoint(@Nullable WaypointRef ref) {
        return switch (ref) {
            case null -> "";
            case WaypointRef.ByAddress a -> a.address() + ":" + a.hbonePort();
            case WaypointRef.ByHostname h -> h.name() + ":" + h.hbonePort();
        };
    }

    private List<Map<String, Object>> policies() {
        List<Map<String, Object>> all = new ArrayList<>();
        ambient.l4Policies()
                .entries()
                .forEach(
                        (name, result) -> {
                            Map<String, Object> m =
                                    switch (result) {
                                        case L4PolicyTranslation.Result.Sent s -> {
                                            Map<String, Object> one = policy(s.policy());
                                            one.put("httpLeftOut", s.httpLeftOut());
                                            yield one;
                                        }
                                        case L4PolicyTranslation.Result.ForWaypoint w ->
                                                note(name.toString(), "enforced by the waypoint");
                                        case L4PolicyTranslation.Result.Unsupported u ->
                                                note(name.toString(), u.reason());
                                    };
                            all.add(m);
                        });
        ambient.portPolicies().entries().values().forEach(p -> all.add(policy(p)));
        ambient.strictPolicies().entries().values().forEach(p -> all.add(policy(p)));
        return all;
    }

    private static Map<String, Object> note(String key, String note) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("policy", key);
        m.put("notSent", note);
        return m;
    }

    private static Map<String, Object> policy(Authorization p) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("policy", p.key());
        m.put("scope", p.scope().name());
        m.put("action", p.action().name());
        m.put("dryRun", p.dryRun());
        m.put("rules", p.rules().stream().map(Object::toString).toList());
        return m;
    }

    private List<Map<String, Object>> waypoints() {
        List<Map<String, Object>> all = new ArrayList<>();
        ambient.waypoints()
                .entries()
                .forEach(
                        (name, w) -> {
                            Map<String, Object> m = new LinkedHashMap<>();
                            m.put("name", name.toString());
                            m.put("trafficType", w.trafficType().name());
                            m.put("address", waypoint(w.ref()));
                            m.put("ready", w.ref() != null);
                            all.add(m);
                        });
        return all;
    }

    private Map<String, Object> namespaces() {
        Map<String, Object> all = new TreeMap<>();
        inputs.namespaces
                .entries()
                .forEach((name, ns) -> all.put(name.name(), new TreeMap<>(ns.meta().labels())));
        return all;
    }

    /** {@code /debug/registryz}: services, their waypoints and why they have none. */
    public List<Map<String, Object>> registryz() {
        Map<String, String> attachments = new TreeMap<>();
        ambient.serviceAttachments()
                .entries()
                .forEach(
                        (name, found) ->
                                attachments.put(
                                        name.toString(),
                                        switch (found) {
                                            case Attachment.Unattached u -> "";
                                            case Attachment.Attached a ->
                                                    "WaypointAccepted " + a.waypoint().name();
                                            case Attachment.Failed f ->
                                                    f.reason().condition() + " " + f.waypoint();
                                        }));
        List<Map<String, Object>> all = new ArrayList<>();
        for (MeshService s : ambient.services().entries().values()) {
            Map<String, Object> m = service(s);
            m.put("waypointBound", attachments.getOrDefault(s.namespace() + "/" + s.name(), ""));
            all.add(m);
        }
        return all;
    }

    /** {@code /debug/configz}: the names of every object in use, by kind. */
    public Map<String, Object> configz() {
        Map<String, Object> page = new LinkedHashMap<>();
        for (Table<?, ?> table : graph.tables()) {
            if (table instanceof LiveTable<?, ?> live) {
                page.put(
                        live.name(),
                        live.entries().keySet().stream().map(Object::toString).sorted().toList());
            }
        }
        return page;
    }

    /** {@code /debug/krtz}: the derived tables, and how often each computed something. */
    public List<Map<String, Object>> krtz() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Table<?, ?> table : graph.tables()) {
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("name", table.name());
            m.put("size", table.entries().size());
            switch (table) {
                case LiveTable<?, ?> live -> m.put("kind", "objects");
                case IndexTable<?, ?> index -> m.put("kind", "index");
                case DerivedTable<?, ?> derived -> {
                    m.put("kind", "derived");
                    m.put("computed", derived.computed());
                }
            }
            all.add(m);
        }
        return all;
    }
}
