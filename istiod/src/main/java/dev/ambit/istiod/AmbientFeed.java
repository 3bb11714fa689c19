package dev.ambit.istiod;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.AuthorizationCodec;
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

    private AmbientFeed(AmbientTables tables, ResourceCatalog catalog) {
        this.tables = tables;
        this.catalog = catalog;
    }

    static void connect(AmbientTables tables, ResourceCatalog catalog) {
        AmbientFeed feed = new AmbientFeed(tables, catalog);
        tables.services().onChange(feed::services);
        tables.workloads().onChange(feed::workloads);
        feed.policies(
                tables.l4Policies(),
                result -> result instanceof L4PolicyTranslation.Result.Sent s ? s.policy() : null);
        feed.policies(tables.portPolicies(), policy -> policy);
        feed.policies(tables.strictPolicies(), policy -> policy);
    }

    private void services(Set<NamespacedHostname> keys) {
        for (NamespacedHostname key : keys) {
            MeshService service = tables.services().get(key);
            if (service == null) {
                catalog.remove(ADDRESSES, key.toString());
            } else {
                Set<String> by = new LinkedHashSet<>();
                service.vips().forEach(vip -> by.add(vip.toString()));
                catalog.put(
                        ADDRESSES, service.resourceName(), AddressCodec.toProto(service), by, "");
            }
        }
    }

    private void workloads(Set<String> uids) {
        for (String uid : uids) {
            Workload w = tables.workloads().get(uid);
            if (w == null) {
                catalog.remove(ADDRESSES, uid);
                catalog.remove(WORKLOADS, uid);
            } else {
                Set<String> by = new LinkedHashSet<>();
                w.addresses().forEach(ip -> by.add(new NetworkAddress(w.network(), ip).toString()));
                w.services().keySet().forEach(s -> by.add(s.toString()));
                var address = AddressCodec.toProto(w);
                catalog.put(ADDRESSES, uid, address, by, w.node());
                catalog.put(WORKLOADS, uid, address.getWorkload(), by, w.node());
            }
        }
    }

    /** Names change with content here, so the table's keys are remembered with what they gave. */
    private <K, V> void policies(
            DerivedTable<K, V> table, Function<V, @Nullable Authorization> of) {
        Map<K, String> names = new HashMap<>();
        table.onChange(
                keys -> {
                    for (K key : keys) {
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
                    }
                });
    }
}
