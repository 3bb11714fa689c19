package dev.ambit.api.manifest;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One object as one file says it: possibly only a part of the object.
 *
 * <p>Content is made of unmodifiable {@code Map<String, Object>} in the order of the file, {@code
 * List<Object>}, String, Long, Double, Boolean, and {@link Absent} for null.
 */
final class ManifestDocument {
    private final ManifestKey key;
    private final String apiVersion;
    private final Map<String, Object> content;
    private final Path file;

    /** Line of every value in the order a walk through the content meets them. */
    private final int[] lines;

    ManifestDocument(
            ManifestKey key,
            String apiVersion,
            Map<String, Object> content,
            Path file,
            int[] lines) {
        this.key = key;
        this.apiVersion = apiVersion;
        this.content = content;
        this.file = file;
        this.lines = lines;
    }

    ManifestKey key() {
        return key;
    }

    String apiVersion() {
        return apiVersion;
    }

    Map<String, Object> content() {
        return content;
    }

    SourcePosition start() {
        return new SourcePosition(file, lines[0]);
    }

    /** How many of the steps of a path this document has. */
    int depthOf(List<Object> path) {
        return new Search(path).depth;
    }

    /** Where the deepest step this document has of a path stands. */
    SourcePosition at(List<Object> path) {
        return new SourcePosition(file, lines[new Search(path).index]);
    }

    /** Walks down a path, counting the values it passes: their number is the index into lines. */
    private final class Search {
        private int index;
        private int depth;

        Search(List<Object> path) {
            Object value = content;
            for (Object step : path) {
                @Nullable Object next = descend(value, step);
                if (next == null) {
                    return;
                }
                value = next;
                depth++;
            }
        }

        private @Nullable Object descend(Object value, Object step) {
            int at = index + 1;
            if (value instanceof Map<?, ?> map) {
                for (Map.Entry<?, ?> e : map.entrySet()) {
                    if (e.getKey().equals(step)) {
                        index = at;
                        return e.getValue();
                    }
                    at += size(e.getValue());
                }
            } else if (value instanceof List<?> list && step instanceof Integer wanted) {
                for (int i = 0; i < list.size(); i++) {
                    if (i == wanted) {
                        index = at;
                        return list.get(i);
                    }
                    at += size(list.get(i));
                }
            }
            return null;
        }
    }

    private static int size(Object value) {
        int n = 1;
        if (value instanceof Map<?, ?> map) {
            for (Object v : map.values()) {
                n += size(v);
            }
        } else if (value instanceof List<?> list) {
            for (Object v : list) {
                n += size(v);
            }
        }
        return n;
    }
}
