package dev.ambit.istiod.live;

import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a source says. Changes are seen by the next wave. Confined to the mesh loop. */
public final class LiveTable<K, V> implements Table<K, V> {
    private final Node<K, V> node;

    LiveTable(String name, TableGraph graph) {
        this.node = new Node<>(name, graph);
    }

    /** Returns whether the value differs from the one before. */
    public boolean put(K key, V value) {
        return node.put(key, value);
    }

    /** Returns whether there was one. */
    public boolean remove(K key) {
        return node.put(key, null);
    }

    @Override
    public String name() {
        return node.name;
    }

    @Override
    public @Nullable V get(K key) {
        return node.get(key);
    }

    @Override
    public Map<K, V> entries() {
        return node.entries();
    }

    @Override
    public void onEachChange(Consumer<K> listener) {
        node.onEachChange(listener);
    }

    Node<K, V> node() {
        return node;
    }
}
