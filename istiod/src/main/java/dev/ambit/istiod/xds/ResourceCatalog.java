package dev.ambit.istiod.xds;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Every resource that is told, encoded once and shared by all streams. Confined to the mesh loop:
 * tables write here at the end of a wave, then {@link #publish} tells the sessions what changed.
 */
public final class ResourceCatalog {

    /** The resources of one scope. */
    private static final class Shelf {
        private final Map<String, EncodedResource> byName = new LinkedHashMap<>();

        /** Names by the further keys they may be asked by. */
        private final Map<String, Set<String>> byKey = new HashMap<>();

        private final Map<String, Set<String>> byNode = new HashMap<>();
    }

    private final Map<ResourceScope, Shelf> shelves = new HashMap<>();
    private Map<ResourceScope, Set<String>> changed = new LinkedHashMap<>();
    private final List<BiConsumer<ResourceScope, Set<String>>> listeners = new ArrayList<>();
    private final Map<String, Runnable> onDemand = new HashMap<>();
    private long revision;

    /** Runs once, when the first stream asks for this type: fills it. */
    public void whenAsked(String typeUrl, Runnable fill) {
        onDemand.put(typeUrl, fill);
    }

    void asked(String typeUrl) {
        Runnable fill = onDemand.remove(typeUrl);
        if (fill != null) {
            fill.run();
        }
    }

    /** Told what changed in a scope, once per wave. */
    void onChange(BiConsumer<ResourceScope, Set<String>> listener) {
        listeners.add(listener);
    }

    void removeListener(BiConsumer<ResourceScope, Set<String>> listener) {
        listeners.remove(listener);
    }

    /** A resource that is found by its name alone. */
    public void put(ResourceScope scope, String name, Message message) {
        put(scope, name, message, Set.of(), "");
    }

    /**
     * A resource.
     *
     * @param keys further names a proxy may ask by
     * @param node a proxy of this node gets it unasked
     */
    public void put(
            ResourceScope scope, String name, Message message, Set<String> keys, String node) {
        EncodedResource now = EncodedResource.of(scope.typeUrl(), name, message, keys, node);
        Shelf shelf = shelves.computeIfAbsent(scope, s -> new Shelf());
        EncodedResource before = shelf.byName.put(name, now);
        if (before != null) {
            unlink(shelf, name, before);
        }
        for (String key : now.keys()) {
            shelf.byKey.computeIfAbsent(key, k -> new LinkedHashSet<>(2)).add(name);
        }
        if (!node.isEmpty()) {
            shelf.byNode.computeIfAbsent(node, k -> new LinkedHashSet<>()).add(name);
        }
        if (before == null || !before.version().equals(now.version())) {
            changed(scope, name);
        }
    }

    public void remove(ResourceScope scope, String name) {
        Shelf shelf = shelves.get(scope);
        EncodedResource before = shelf == null ? null : shelf.byName.remove(name);
        if (shelf != null && before != null) {
            unlink(shelf, name, before);
            if (shelf.byName.isEmpty()) {
                shelves.remove(scope);
            }
            changed(scope, name);
        }
    }

    /** Tells the sessions what changed since the last time. */
    public void publish() {
        if (changed.isEmpty()) {
            return;
        }
        Map<ResourceScope, Set<String>> told = changed;
        changed = new LinkedHashMap<>();
        revision++;
        told.forEach((scope, names) -> List.copyOf(listeners).forEach(l -> l.accept(scope, names)));
    }

    /** Goes up with every publication that had something to tell. */
    public long revision() {
        return revision;
    }

    /** How many resources a scope has. */
    public int size(ResourceScope scope) {
        Shelf shelf = shelves.get(scope);
        return shelf == null ? 0 : shelf.byName.size();
    }

    /** Every scope that has resources, for debug pages. */
    public Set<ResourceScope> scopes() {
        return Collections.unmodifiableSet(shelves.keySet());
    }

    @Nullable EncodedResource get(ResourceScope scope, String name) {
        Shelf shelf = shelves.get(scope);
        return shelf == null ? null : shelf.byName.get(name);
    }

    Set<String> names(ResourceScope scope) {
        Shelf shelf = shelves.get(scope);
        return shelf == null ? Set.of() : Collections.unmodifiableSet(shelf.byName.keySet());
    }

    /** Names of the resources a proxy means by a key: the name itself, or one of their keys. */
    Set<String> resolve(ResourceScope scope, String key) {
        Shelf shelf = shelves.get(scope);
        if (shelf == null) {
            return Set.of();
        }
        Set<String> found = new LinkedHashSet<>();
        if (shelf.byName.containsKey(key)) {
            found.add(key);
        }
        found.addAll(shelf.byKey.getOrDefault(key, Set.of()));
        return found;
    }

    Set<String> onNode(ResourceScope scope, String node) {
        Shelf shelf = shelves.get(scope);
        return shelf == null
                ? Set.of()
                : Collections.unmodifiableSet(shelf.byNode.getOrDefault(node, Set.of()));
    }

    private static void unlink(Shelf shelf, String name, EncodedResource resource) {
        for (String key : resource.keys()) {
            drop(shelf.byKey, key, name);
        }
        if (!resource.node().isEmpty()) {
            drop(shelf.byNode, resource.node(), name);
        }
    }

    private static void drop(Map<String, Set<String>> index, String key, String name) {
        Set<String> names = index.get(key);
        if (names != null && names.remove(name) && names.isEmpty()) {
            index.remove(key);
        }
    }

    private void changed(ResourceScope scope, String name) {
        changed.computeIfAbsent(scope, s -> new LinkedHashSet<>()).add(name);
    }
}
