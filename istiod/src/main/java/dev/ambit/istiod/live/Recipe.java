package dev.ambit.istiod.live;

import org.jspecify.annotations.Nullable;

/**
 * How a value is computed: a pure function of its key and of what it reads. Null means that the
 * table has no such key.
 */
@FunctionalInterface
public interface Recipe<K, V> {
    @Nullable V compute(K key, Reads reads);
}
