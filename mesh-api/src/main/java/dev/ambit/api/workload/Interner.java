package dev.ambit.api.workload;

import java.lang.ref.WeakReference;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** One object for all equal ones, as long as somebody uses it. Any thread. */
final class Interner<T> {

    private final WeakHashMap<T, WeakReference<T>> known = new WeakHashMap<>();

    synchronized T one(T value) {
        WeakReference<T> reference = known.get(value);
        @Nullable T first = reference == null ? null : reference.get();
        if (first != null) {
            return first;
        }
        known.put(value, new WeakReference<>(value));
        return value;
    }
}
