package dev.ambit.istiod;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.AuthorizationCodec;
import dev.ambit.api.proto.workload.Address;
import dev.ambit.api.workload.AddressCodec;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.istiod.ambient.AmbientTables;
import dev.ambit.istiod.ambient.L4PolicyTranslation;
import dev.ambit.istiod.live.DerivedTable;
import dev.ambit.istiod.xds.ResourceCatalog;
import dev.ambit.istiod.xds.ResourceScope;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes changed workloads, services and policies into the catalog. On the mesh loop. */
final class AmbientFeed {
    private static final ResourceScope ADDRESSES = ResourceScope.everybody(TypeUrls.ADDRESS);
    private static final ResourceScope WORKLOADS = ResourceScope.everybody(TypeUrls.WORKLOAD);
    private static final ResourceScope POLICIES = ResourceScope.everybody(TypeUrls.AUTHORIZATION);

    private final AmbientTables tables;
    private final ResourceCatalog catalog;
    private boolean workloadsAsked;

    private AmbientFeed(AmbientTables tables, ResourceCatalog catalog) {
        this.tables = tables;
        this.catalog = catalog;
    }

    static void connect(AmbientTables tables, ResourceCatalog catalog) {
        AmbientFeed feed = new AmbientFeed(tables, catalog);
        tables.services().onEachChange(feed::service);
        tables.workloads().onEachChange(feed::workload);
        // An older type that hardly anybody asks for: encoded from the first request on.
        catalog.whenAsked(WORKLOADS.typeUrl(), feed::fillWorkloads);
        feed.policies(
                tables.l4Policies(),
                result -> result instanceof L4PolicyTranslation.Result.Sent s ? s.policy() : null);
        feed.policies(tables.portPolicies(), policy -> policy);
        feed.policies(tables.strictPolicies(), policy -> policy);
    }

    private void service(NamespacedHostname key) {
        MeshService service = tables.services().get(key);
        if (service == null) {
            catalog.remove(ADDRESSES, key.toString());
            return;
        }
        Set<String> by = new LinkedHashSet<>();
        service.vips().forEach(vip -> by.add(vip.toString()));
        // For a DNS proxy on demand: a host name outside the cluster does not tell its namespace.
        by.add("*/" + service.hostname());
        catalog.put(ADDRESSES, service.resourceName(), AddressCodec.toProto(service), by, "");
    }

    private void workload(String uid) {
        Workload w = tables.workloads().get(uid);
        if (w == null) {
            catalog.remove(ADDRESSES, uid);
            catalog.remove(WORKLOADS, uid);
            return;
        }
        Set<String> by = keys(w);
        Address address = AddressCodec.toProto(w);
        catalog.put(ADDRESSES, uid, address, by, w.node());
        if (workloadsAsked) {
            catalog.put(WORKLOADS, uid, address.getWorkload(), by, w.node());
        }
    }

    private void fillWorkloads() {
        workloadsAsked = true;
        for (Workload w : tables.workloads().entries().values()) {
            catalog.put(
                    WORKLOADS, w.uid(), AddressCodec.toProto(w).getWorkload(), keys(w), w.node());
        }
    }

    private static Set<String> keys(Workload w) {
        Set<String> by = new LinkedHashSet<>();
        w.addresses().forEach(ip -> by.add(new NetworkAddress(w.network(), ip).toString()));
        w.services().keySet().forEach(s -> by.add(s.toString()));
        return by;
    }

    /** Names change with content here, so the table's keys are remembered with what they gave. */
    private <K, V> void policies(
            DerivedTable<K, V> table, Function<V, @Nullable Authorization> of) {
        Map<K, String> names = new HashMap<>();
        table.onEachChange(
                key -> {
                    V value = table.get(key);
                    Authorization policy = value == null ? null : of.apply(value);
                    String before = names.remove(key);
                    if (before != null && (policy == null || !policy.key().equals(before))) {
                        catalog.remove(POLICIES, before);
                    }
                    if (policy != null) {
                        names.put(key, policy.key());
                        catalog.put(POLICIES, policy.key(), AuthorizationCodec.toProto(policy));
                    }
                });
    }
}
