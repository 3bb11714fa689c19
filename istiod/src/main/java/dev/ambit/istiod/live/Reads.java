package dev.ambit.istiod.live;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a recipe may look at. Every look is remembered: when the value behind it changes, appears or
 * vanishes, the recipe runs again.
 */
public interface Reads {

    /** The value of a key, null if there is none. */
    <K, V> @Nullable V get(Table<K, V> table, K key);

    /** The keys an index has for a value, none if it has none. */
    <J, K> Set<K> find(IndexTable<J, K> index, J value);
}
