package dev.ambit.demo.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of YAML to walk in. What is absent or of another kind reads as the default asked for,
 * never as an error: who wants to complain looks at {@link #value}.
 */
public record Tree(@Nullable Object value) {

    public Tree at(String... path) {
        Object now = value;
        for (String step : path) {
            now = now instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return new Tree(now);
    }

    public boolean present() {
        return value != null;
    }

    public String text(String otherwise) {
        return value == null || value instanceof Map || value instanceof List
                ? otherwise
                : value.toString();
    }

    public int number(int otherwise) {
        return value instanceof Number n ? n.intValue() : otherwise;
    }

    public boolean flag() {
        return Boolean.TRUE.equals(value);
    }

    public List<Tree> list() {
        return value instanceof List<?> all
                ? all.stream().<Tree>map(Tree::new).toList()
                : List.of();
    }

    public List<String> texts() {
        return list().stream().map(t -> t.text("")).toList();
    }

    /** Members by name, in the order of the file. */
    public Map<String, Tree> members() {
        Map<String, Tree> all = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((k, v) -> all.put(String.valueOf(k), new Tree(v)));
        }
        return all;
    }

    /** Members as texts, as labels and annotations are. */
    public Map<String, String> labels() {
        Map<String, String> all = new LinkedHashMap<>();
        members().forEach((k, v) -> all.put(k, v.text("")));
        return all;
    }
}
