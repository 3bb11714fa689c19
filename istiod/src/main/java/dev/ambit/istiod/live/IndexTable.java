package dev.ambit.istiod.live;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys of another table by something found in its values, for example services by namespace.
 * Changes when members come or go, not when a member's value changes. Members are sorted if they
 * can be. Confined to the mesh loop.
 *
 * @param <J> what is looked up
 * @param <K> the key of the indexed table
 */
public final class IndexTable<J, K> implements Table<J, Set<K>> {
    private final Node<J, Set<K>> node;
    private final Extraction<J, K, ?> extraction;

    /** Where each key stands now, to take it away again. */
    private final Map<K, Set<J>> places = new HashMap<>();

    private record Extraction<J, K, V>(Table<K, V> source, BiFunction<K, V, Collection<J>> of) {
        Set<J> places(K key) {
            V value = source.get(key);
            return value == null ? Set.of() : new LinkedHashSet<>(of.apply(key, value));
        }
    }

    private IndexTable(String name, TableGraph graph, Extraction<J, K, ?> extraction) {
        this.node = new Node<>(name, graph);
        this.extraction = extraction;
    }

    static <J, K, V> IndexTable<J, K> of(
            String name, TableGraph graph, Table<K, V> source, BiFunction<K, V, Collection<J>> of) {
        return new IndexTable<>(name, graph, new Extraction<>(source, of));
    }

    void sourceChanged(K key) {
        Set<J> now = extraction.places(key);
        Set<J> before = now.isEmpty() ? places.remove(key) : places.put(key, now);
        if (before != null) {
            for (J place : before) {
                if (!now.contains(place)) {
                    change(place, key, false);
                }
            }
        }
        for (J place : now) {
            if (before == null || !before.contains(place)) {
                change(place, key, true);
            }
        }
    }

    private void change(J place, K key, boolean add) {
        Set<K> members = node.get(place);
        if (add) {
            if (members == null) {
                members = key instanceof Comparable ? new TreeSet<>() : new LinkedHashSet<>();
                members.add(key);
                node.put(place, members);
                return;
            }
            members.add(key);
            node.touched(place);
        } else if (members != null) {
            members.remove(key);
            if (members.isEmpty()) {
                node.put(place, null);
            } else {
                node.touched(place);
            }
        }
    }

    @Override
    public String name() {
        return node.name;
    }

    /** Null where there is no member; see {@link #members}. */
    @Override
    public @Nullable Set<K> get(J key) {
        Set<K> members = node.get(key);
        return members == null ? null : Collections.unmodifiableSet(members);
    }

    /** The members of a place, none if there are none; changes with the table. */
    public Set<K> members(J key) {
        Set<K> members = get(key);
        return members == null ? Set.of() : members;
    }

    @Override
    public Map<J, Set<K>> entries() {
        return node.entries();
    }

    @Override
    public void onEachChange(Consumer<J> listener) {
        node.onEachChange(listener);
    }

    Node<J, Set<K>> node() {
        return node;
    }
}
