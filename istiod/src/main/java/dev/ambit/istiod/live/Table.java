package dev.ambit.istiod.live;

import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values by key, of one {@link TableGraph}. Confined to the mesh loop. Values are immutable and
 * compared with equals.
 */
public sealed interface Table<K, V> permits LiveTable, DerivedTable, IndexTable {

    String name();

    /** The value as of the last wave (for a {@link LiveTable}: as of now). */
    @Nullable V get(K key);

    /** An unmodifiable view. */
    Map<K, V> entries();

    /**
     * Called at the end of each wave for each key of this table that it changed; a key whose
     * listener throws does not keep the others from being told.
     */
    void onEachChange(Consumer<K> listener);
}
