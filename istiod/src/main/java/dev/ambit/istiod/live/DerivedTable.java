package dev.ambit.istiod.live;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values computed by a {@link Recipe}, one for each key of the tables that drive it. A key is
 * computed again only when a driver's value of that key or something its recipe read has changed.
 * Confined to the mesh loop.
 */
public final class DerivedTable<K, V> implements Table<K, V> {

    private record Read(Node<?, ?> node, Object key) {}

    private final Node<K, V> node;
    private final List<Table<K, ?>> drivers;
    private final Recipe<K, V> recipe;
    private final TableGraph graph;
    private final Map<K, Set<Read>> reads = new HashMap<>();
    private Set<K> dirty = new LinkedHashSet<>();

    /** How often the recipe ran; tests and metrics read it. */
    private long computed;

    DerivedTable(String name, TableGraph graph, List<Table<K, ?>> drivers, Recipe<K, V> recipe) {
        this.node = new Node<>(name, graph);
        this.graph = graph;
        this.drivers = List.copyOf(drivers);
        this.recipe = recipe;
    }

    void markDirty(K key) {
        dirty.add(key);
    }

    /** Only keys this table registered itself come back here, so they are of its key type. */
    @SuppressWarnings("unchecked")
    void markDirtyKey(Object key) {
        dirty.add((K) key);
    }

    /** Computes what is dirty. Called once per wave, in the order the tables were made. */
    void settle() {
        if (dirty.isEmpty()) {
            return;
        }
        Set<K> keys = dirty;
        dirty = new LinkedHashSet<>();
        for (K key : keys) {
            settle(key);
        }
    }

    private void settle(K key) {
        Set<Read> before = reads.remove(key);
        Tracking tracking = new Tracking(new Node.Dependent(this, key));
        V value;
        try {
            value = driven(key) ? compute(key, tracking) : null;
        } catch (RuntimeException e) {
            // A bug in a recipe must not stop the mesh: this key keeps its value, the rest goes on.
            graph.failed(node.name, key, e);
            Set<Read> both = tracking.seen;
            if (before != null) {
                both.addAll(before);
            }
            reads.put(key, both);
            return;
        }
        track(key, before, tracking.seen);
        node.put(key, value);
    }

    private @Nullable V compute(K key, Tracking tracking) {
        computed++;
        return recipe.compute(key, tracking);
    }

    private boolean driven(K key) {
        for (Table<K, ?> driver : drivers) {
            if (driver.get(key) != null) {
                return true;
            }
        }
        return false;
    }

    private void track(K key, @Nullable Set<Read> before, Set<Read> now) {
        if (before != null && before.equals(now)) {
            reads.put(key, before);
            return;
        }
        Node.Dependent self = new Node.Dependent(this, key);
        if (before != null) {
            for (Read r : before) {
                if (!now.contains(r)) {
                    r.node().forget(r.key(), self);
                }
            }
        }
        if (!now.isEmpty()) {
            reads.put(key, now);
        }
    }

    void publish() {
        node.publish();
    }

    /** How often a value of this table was computed. */
    public long computed() {
        return computed;
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

    /** Registers reads as they happen; what is no longer read is forgotten afterwards. */
    private final class Tracking implements Reads {
        private final Set<Read> seen = new LinkedHashSet<>(4);
        private final Node.Dependent self;

        Tracking(Node.Dependent self) {
            this.self = self;
        }

        @Override
        public <L, W> @Nullable W get(Table<L, W> table, L wanted) {
            remember(TableGraph.nodeOf(table), wanted);
            return table.get(wanted);
        }

        @Override
        public <J, L> Set<L> find(IndexTable<J, L> index, J value) {
            remember(index.node(), value);
            return index.members(value);
        }

        private <L> void remember(Node<L, ?> read, L wanted) {
            if (read.position >= node.position) {
                throw new IllegalStateException(
                        node.name + " reads " + read.name + ", which is made after it");
            }
            if (seen.add(new Read(read, wanted))) {
                read.depend(wanted, self);
            }
        }
    }
}
