package dev.ambit.istiod;

import com.google.protobuf.Message;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.waypoint.WaypointCodec;
import dev.ambit.api.waypoint.WaypointListener;
import dev.ambit.istiod.live.Table;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.routing.Bound;
import dev.ambit.istiod.routing.RoutingTables;
import dev.ambit.istiod.routing.WaypointScope;
import dev.ambit.istiod.xds.ResourceCatalog;
import dev.ambit.istiod.xds.ResourceScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes what each waypoint gets into the catalog, under the waypoint's own audience. On the mesh
 * loop.
 */
final class WaypointFeed {
    private final RoutingTables tables;
    private final ResourceCatalog catalog;
    private final List<Kind<?, ?>> kinds = new ArrayList<>();

    private WaypointFeed(RoutingTables tables, ResourceCatalog catalog) {
        this.tables = tables;
        this.catalog = catalog;
    }

    static void connect(RoutingTables tables, ResourceCatalog catalog) {
        WaypointFeed feed = new WaypointFeed(tables, catalog);
        feed.kinds.add(
                feed
                .new Kind<>(
                        TypeUrls.WAYPOINT_SERVICE,
                        tables.services(),
                        WaypointScope::services,
                        WaypointFeed::service));
        feed.kinds.add(
                feed
                .new Kind<>(
                        TypeUrls.WAYPOINT_ROUTE,
                        tables.routes(),
                        WaypointScope::routes,
                        bound -> resource(bound, WaypointCodec::toProto)));
        feed.kinds.add(
                feed
                .new Kind<>(
                        TypeUrls.WAYPOINT_POLICY,
                        tables.policies(),
                        WaypointScope::policies,
                        bound -> resource(bound, WaypointCodec::toProto)));
        tables.listeners().onEachChange(feed::listener);
        tables.scopes().onEachChange(feed::scope);
    }

    /** A resource as it is sent. */
    private record Sent(String name, Message message) {}

    /** One type: its table, and which waypoints hold which of its keys. */
    private final class Kind<K, V> {
        private final String typeUrl;
        private final Table<K, V> table;
        private final Function<WaypointScope, Set<K>> part;
        private final Function<V, @Nullable Sent> encode;
        private final Map<ObjectName, Set<K>> held = new HashMap<>();
        private final Map<K, Set<ObjectName>> holders = new HashMap<>();
        private final Map<K, String> names = new HashMap<>();

        Kind(
                String typeUrl,
                Table<K, V> table,
                Function<WaypointScope, Set<K>> part,
                Function<V, @Nullable Sent> encode) {
            this.typeUrl = typeUrl;
            this.table = table;
            this.part = part;
            this.encode = encode;
            table.onEachChange(this::changed);
        }

        private void changed(K key) {
            for (ObjectName gateway : holders.getOrDefault(key, Set.of())) {
                write(gateway, key);
            }
        }

        void scope(ObjectName gateway, @Nullable WaypointScope scope) {
            Set<K> now = scope == null ? Set.of() : part.apply(scope);
            Set<K> before = now.isEmpty() ? held.remove(gateway) : held.put(gateway, now);
            for (K key : now) {
                if (before == null || !before.contains(key)) {
                    holders.computeIfAbsent(key, k -> new HashSet<>(2)).add(gateway);
                    write(gateway, key);
                }
            }
            if (before != null) {
                for (K key : before) {
                    if (!now.contains(key)) {
                        drop(gateway, key);
                    }
                }
            }
        }

        private void drop(ObjectName gateway, K key) {
            Set<ObjectName> left = holders.get(key);
            if (left != null && left.remove(gateway) && left.isEmpty()) {
                holders.remove(key);
            }
            String name = names.get(key);
            if (name != null) {
                catalog.remove(new ResourceScope(typeUrl, gateway.toString()), name);
            }
        }

        private void write(ObjectName gateway, K key) {
            V value = table.get(key);
            Sent sent = value == null ? null : encode.apply(value);
            ResourceScope scope = new ResourceScope(typeUrl, gateway.toString());
            if (sent != null) {
                names.put(key, sent.name());
                catalog.put(scope, sent.name(), sent.message());
                return;
            }
            String name = names.get(key);
            if (name != null) {
                catalog.remove(scope, name);
            }
        }
    }

    private static Sent service(dev.ambit.api.waypoint.WaypointService service) {
        return new Sent(service.resourceName(), WaypointCodec.toProto(service));
    }

    private static <R extends dev.ambit.api.waypoint.WaypointResource> @Nullable Sent resource(
            Bound<R> bound, Function<R, Message> codec) {
        R resource = bound.resource();
        return resource == null ? null : new Sent(resource.resourceName(), codec.apply(resource));
    }

    private void listener(ObjectName gateway) {
        ResourceScope scope = new ResourceScope(TypeUrls.WAYPOINT_LISTENER, gateway.toString());
        WaypointListener listener = tables.listeners().get(gateway);
        if (listener == null) {
            catalog.remove(scope, "Gateway/" + gateway);
        } else {
            catalog.put(scope, listener.resourceName(), WaypointCodec.toProto(listener));
        }
    }

    private void scope(ObjectName gateway) {
        WaypointScope scope = tables.scopes().get(gateway);
        kinds.forEach(kind -> kind.scope(gateway, scope));
    }
}
