package dev.ambit.istiod.live;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The tables of one mesh in the order they were made, which is the order a wave takes: a table
 * reads only tables made before it, so one pass settles everything. Confined to the mesh loop.
 */
public final class TableGraph {

    /** Told when a recipe threw (the key keeps the value it had) or a listener did. */
    @FunctionalInterface
    public interface FailureListener {
        void failed(String table, Object key, RuntimeException cause);
    }

    private final List<Table<?, ?>> tables = new ArrayList<>();
    private final FailureListener failures;
    private boolean touched;
    private int positions;
    private long waves;

    public TableGraph(FailureListener failures) {
        this.failures = failures;
    }

    /** A table that a source fills. */
    public <K, V> LiveTable<K, V> live(String name) {
        LiveTable<K, V> table = new LiveTable<>(name, this);
        tables.add(table);
        return table;
    }

    /** A table with one value for each key of another. */
    public <K, V> DerivedTable<K, V> derived(String name, Table<K, ?> driver, Recipe<K, V> recipe) {
        return derived(name, List.of(driver), recipe);
    }

    /** A table with one value for each key that any of the drivers has. */
    public <K, V> DerivedTable<K, V> derived(
            String name, List<Table<K, ?>> drivers, Recipe<K, V> recipe) {
        DerivedTable<K, V> table = new DerivedTable<>(name, this, drivers, recipe);
        for (Table<K, ?> driver : drivers) {
            nodeOf(driver).drives(table);
        }
        tables.add(table);
        return table;
    }

    /** The keys of a table by something found in its values. */
    public <J, K, V> IndexTable<J, K> index(
            String name, Table<K, V> source, BiFunction<K, V, Collection<J>> places) {
        IndexTable<J, K> index = IndexTable.of(name, this, source, places);
        nodeOf(source).indexedBy(index);
        tables.add(index);
        return index;
    }

    /** Whether anything changed since the last wave. */
    public boolean dirty() {
        return touched;
    }

    /** Runs one wave and then tells the listeners of the tables that changed. */
    public void settle() {
        if (!touched) {
            return;
        }
        for (Table<?, ?> table : tables) {
            if (table instanceof DerivedTable<?, ?> derived) {
                derived.settle();
            }
        }
        touched = false;
        waves++;
        for (Table<?, ?> table : tables) {
            nodeOf(table).publish();
        }
    }

    public long waves() {
        return waves;
    }

    /** Every table, in order. */
    public List<Table<?, ?>> tables() {
        return List.copyOf(tables);
    }

    void touch() {
        touched = true;
    }

    int nextPosition() {
        return positions++;
    }

    void failed(String table, Object key, RuntimeException cause) {
        failures.failed(table, key, cause);
    }

    /** The node of a table has the table's types; a sealed switch over wildcards cannot say so. */
    @SuppressWarnings("unchecked")
    static <K, V> Node<K, V> nodeOf(Table<K, V> table) {
        Table<?, ?> any = table;
        Node<?, ?> node =
                switch (any) {
                    case LiveTable<?, ?> live -> live.node();
                    case DerivedTable<?, ?> derived -> derived.node();
                    case IndexTable<?, ?> index -> index.node();
                };
        return (Node<K, V>) node;
    }
}
