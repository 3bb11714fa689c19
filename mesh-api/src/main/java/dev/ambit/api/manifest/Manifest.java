package dev.ambit.api.manifest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One Kubernetes object: the user's document with what the runtime directory knows laid over it.
 * Maps merge key by key; lists and scalars are replaced; null takes a key away. Immutable; the same
 * instance as long as none of its documents changed.
 */
public final class Manifest {
    private final ManifestKey key;
    private final String apiVersion;
    private final Map<String, Object> content;
    private final List<ManifestDocument> documents;

    private Manifest(List<ManifestDocument> documents) {
        ManifestDocument first = documents.getFirst();
        this.key = first.key();
        this.apiVersion = first.apiVersion();
        this.documents = List.copyOf(documents);
        Map<String, Object> merged = first.content();
        for (ManifestDocument d : documents.subList(1, documents.size())) {
            merged = merge(merged, d.content());
        }
        this.content = documents.size() == 1 ? withoutNulls(merged) : merged;
    }

    /** The object that these documents of one key make together, later ones laid over earlier. */
    static Manifest of(List<ManifestDocument> documents) {
        return new Manifest(documents);
    }

    public ManifestKey key() {
        return key;
    }

    public String apiVersion() {
        return apiVersion;
    }

    /**
     * The object: unmodifiable maps, lists, String, Long, Double, Boolean; no nulls. Keys are in
     * the order of the files.
     */
    public Map<String, Object> content() {
        return content;
    }

    /** Where the object starts: in the user's file if there is one. */
    public SourcePosition where() {
        return documents.getFirst().start();
    }

    /**
     * Where a field stands, or the nearest enclosing field that is written down.
     *
     * @param path map keys (String) and list positions (Integer)
     */
    public SourcePosition where(List<Object> path) {
        ManifestDocument best = documents.getFirst();
        int depth = best.depthOf(path);
        for (ManifestDocument d : documents.subList(1, documents.size())) {
            int n = d.depthOf(path);
            if (n > 0 && n >= depth) {
                best = d;
                depth = n;
            }
        }
        return best.at(path);
    }

    /** Whether exactly these documents made this object. */
    boolean madeOf(List<ManifestDocument> others) {
        if (others.size() != documents.size()) {
            return false;
        }
        for (int i = 0; i < others.size(); i++) {
            if (documents.get(i) != others.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** The value at a path of map keys. */
    public Optional<Object> value(String... path) {
        Object value = content;
        for (String step : path) {
            if (!(value instanceof Map<?, ?> map)) {
                return Optional.empty();
            }
            Object next = map.get(step);
            if (next == null) {
                return Optional.empty();
            }
            value = next;
        }
        return Optional.of(value);
    }

    /** The value at a path of map keys if it is text. */
    public Optional<String> text(String... path) {
        return value(path).filter(String.class::isInstance).map(String.class::cast);
    }

    /** {@code metadata.labels}; entries whose value is not text are left out. */
    public Map<String, String> labels() {
        return texts("labels");
    }

    /** {@code metadata.annotations}; entries whose value is not text are left out. */
    public Map<String, String> annotations() {
        return texts("annotations");
    }

    private Map<String, String> texts(String field) {
        if (!(value("metadata", field).orElse(null) instanceof Map<?, ?> map)) {
            return Map.of();
        }
        Map<String, String> found = new LinkedHashMap<>();
        map.forEach(
                (k, v) -> {
                    if (v instanceof String s) {
                        found.put((String) k, s);
                    }
                });
        return Collections.unmodifiableMap(found);
    }

    @Override
    public String toString() {
        return key + " (" + where() + ")";
    }

    private static Map<String, Object> merge(Map<?, ?> below, Map<?, ?> above) {
        Map<String, Object> merged = new LinkedHashMap<>(withoutNulls(below));
        above.forEach(
                (k, v) -> {
                    String name = (String) k;
                    if (v == Absent.VALUE) {
                        merged.remove(name);
                    } else if (v instanceof Map<?, ?> map
                            && merged.get(name) instanceof Map<?, ?> under) {
                        merged.put(name, merge(under, map));
                    } else {
                        merged.put(name, clean(v));
                    }
                });
        return Collections.unmodifiableMap(merged);
    }

    /** The map itself where nothing has to be taken out, so that most objects are kept once. */
    @SuppressWarnings("unchecked") // every map of a document has text as keys
    private static Map<String, Object> withoutNulls(Map<?, ?> map) {
        if (!hasNulls(map.values())) {
            return (Map<String, Object>) map;
        }
        Map<String, Object> kept = new LinkedHashMap<>();
        map.forEach(
                (k, v) -> {
                    if (v != Absent.VALUE) {
                        kept.put((String) k, clean(v));
                    }
                });
        return Collections.unmodifiableMap(kept);
    }

    private static boolean hasNulls(Iterable<?> values) {
        for (Object v : values) {
            boolean found =
                    switch (v) {
                        case Absent absent -> true;
                        case Map<?, ?> map -> hasNulls(map.values());
                        case List<?> list -> hasNulls(list);
                        default -> false;
                    };
            if (found) {
                return true;
            }
        }
        return false;
    }

    private static Object clean(Object v) {
        if (v instanceof Map<?, ?> map) {
            return withoutNulls(map);
        }
        if (v instanceof List<?> list && hasNulls(list)) {
            List<Object> kept = new ArrayList<>();
            for (Object o : list) {
                if (o != Absent.VALUE) {
                    kept.add(clean(o));
                }
            }
            return Collections.unmodifiableList(kept);
        }
        return v;
    }
}
