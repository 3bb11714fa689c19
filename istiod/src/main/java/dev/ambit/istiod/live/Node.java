package dev.ambit.istiod.live;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What every table keeps: values, who depends on which key, what changed in the running wave, who
 * wants to hear of it.
 */
final class Node<K, V> {

    /** A key of a derived table that was computed from a key of this one. */
    record Dependent(DerivedTable<?, ?> table, Object key) {}

    final String name;
    final int position;
    private final TableGraph graph;
    private final Map<K, V> values = new LinkedHashMap<>();
    private final Map<K, Set<Dependent>> dependents = new HashMap<>();
    private final List<DerivedTable<K, ?>> driven = new ArrayList<>();
    private final List<IndexTable<?, K>> indexes = new ArrayList<>();
    private final List<Consumer<K>> listeners = new ArrayList<>();
    private Set<K> changed = new LinkedHashSet<>();

    Node(String name, TableGraph graph) {
        this.name = name;
        this.graph = graph;
        this.position = graph.nextPosition();
    }

    @Nullable V get(K key) {
        return values.get(key);
    }

    Map<K, V> entries() {
        return Collections.unmodifiableMap(values);
    }

    void onEachChange(Consumer<K> listener) {
        listeners.add(listener);
    }

    void drives(DerivedTable<K, ?> table) {
        driven.add(table);
    }

    void indexedBy(IndexTable<?, K> index) {
        indexes.add(index);
    }

    /** Stores a value (null removes) and marks what depends on it; equal values do nothing. */
    boolean put(K key, @Nullable V value) {
        V before = value == null ? values.remove(key) : values.put(key, value);
        if (java.util.Objects.equals(before, value)) {
            return false;
        }
        touched(key);
        return true;
    }

    /** Marks what depends on a key whose value changed in place. */
    void touched(K key) {
        graph.touch();
        changed.add(key);
        for (IndexTable<?, K> index : indexes) {
            index.sourceChanged(key);
        }
        for (DerivedTable<K, ?> table : driven) {
            table.markDirty(key);
        }
        Set<Dependent> readers = dependents.get(key);
        if (readers != null) {
            for (Dependent reader : readers) {
                reader.table().markDirtyKey(reader.key());
            }
        }
    }

    void depend(K key, Dependent dependent) {
        dependents.computeIfAbsent(key, k -> new HashSet<>(4)).add(dependent);
    }

    void forget(Object key, Dependent dependent) {
        Set<Dependent> readers = dependents.get(key);
        if (readers != null && readers.remove(dependent) && readers.isEmpty()) {
            dependents.remove(key);
        }
    }

    void publish() {
        if (changed.isEmpty()) {
            return;
        }
        Set<K> keys = changed;
        changed = new LinkedHashSet<>();
        for (Consumer<K> listener : listeners) {
            for (K key : keys) {
                tell(listener, key);
            }
        }
    }

    private void tell(Consumer<K> listener, K key) {
        try {
            listener.accept(key);
        } catch (RuntimeException e) {
            // A bug in whoever listens must not keep the rest of the wave from the proxies.
            graph.failed(name, key, e);
        }
    }
}
