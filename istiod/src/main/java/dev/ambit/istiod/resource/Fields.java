package dev.ambit.istiod.resource;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Typed reads of one map of an object. A mistake does not throw: a default is returned, the mistake
 * is noted with its path, and the object is refused as a whole when all of it has been read.
 * Unknown fields are no mistake: they belong to newer versions, or to what the mesh does not use.
 */
final class Fields {
    private final Map<?, ?> map;
    private final List<Object> path;
    private final Notes notes;

    /** What was found wrong with one object so far. */
    static final class Notes {
        private final RawObject object;
        private final List<ObjectProblem> problems = new ArrayList<>();

        Notes(RawObject object) {
            this.object = object;
        }

        void add(String code, List<Object> path, String why, String fix) {
            problems.add(
                    new ObjectProblem(
                            code, object.id(), object.where().of(path), text(path), why, fix));
        }

        List<ObjectProblem> problems() {
            return problems;
        }

        private static String text(List<Object> path) {
            StringBuilder b = new StringBuilder();
            for (Object step : path) {
                if (step instanceof Integer) {
                    b.append('[').append(step).append(']');
                } else {
                    b.append(b.isEmpty() ? "" : ".").append(step);
                }
            }
            return b.toString();
        }
    }

    private Fields(Map<?, ?> map, List<Object> path, Notes notes) {
        this.map = map;
        this.path = path;
        this.notes = notes;
    }

    static Fields of(RawObject object, Notes notes) {
        return new Fields(object.content(), List.of(), notes);
    }

    /** The map of a field; empty if it is not there. */
    Fields object(String name) {
        Object value = map.get(name);
        if (value instanceof Map<?, ?> inner) {
            return new Fields(inner, with(name), notes);
        }
        if (value != null) {
            invalid(name, "a map");
        }
        return new Fields(Map.of(), with(name), notes);
    }

    boolean has(String name) {
        return map.get(name) != null;
    }

    boolean isEmpty() {
        return map.isEmpty();
    }

    /** The maps of a list; none if it is not there. */
    List<Fields> objects(String name) {
        List<Fields> found = new ArrayList<>();
        List<?> list = list(name);
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof Map<?, ?> inner) {
                found.add(new Fields(inner, with(name, i), notes));
            } else {
                note(with(name, i), list.get(i), "a map");
            }
        }
        return found;
    }

    String text(String name, String otherwise) {
        Object value = map.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof String s) {
            return s;
        }
        invalid(name, "text; put it in quotes");
        return otherwise;
    }

    String required(String name) {
        String value = text(name, "");
        if (value.isEmpty() && !(has(name) && !(map.get(name) instanceof String))) {
            missing(name);
        }
        return value;
    }

    List<String> texts(String name) {
        List<String> found = new ArrayList<>();
        List<?> list = list(name);
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof String s) {
                found.add(s);
            } else {
                note(with(name, i), list.get(i), "text; put it in quotes");
            }
        }
        return found;
    }

    /** Each text of a list, converted; what cannot be converted is a mistake of that element. */
    <T> List<T> parsed(String name, Function<String, T> parser) {
        List<T> found = new ArrayList<>();
        List<?> list = list(name);
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof String s) {
                T value = parse(with(name, i), s, parser);
                if (value != null) {
                    found.add(value);
                }
            } else {
                note(with(name, i), list.get(i), "text; put it in quotes");
            }
        }
        return found;
    }

    /** A text converted, or null if it is not there or cannot be (then noted). */
    <T> @Nullable T parsedText(String name, Function<String, T> parser) {
        String s = text(name, "");
        return s.isEmpty() ? null : parse(with(name), s, parser);
    }

    private <T> @Nullable T parse(List<Object> at, String s, Function<String, T> parser) {
        try {
            return parser.apply(s);
        } catch (IllegalArgumentException e) {
            notes.add(
                    ObjectProblem.INVALID_FIELD,
                    at,
                    String.valueOf(e.getMessage()),
                    "correct the value");
            return null;
        }
    }

    Map<String, String> textMap(String name) {
        Map<String, String> found = new LinkedHashMap<>();
        object(name)
                .map
                .forEach(
                        (k, v) -> {
                            if (v instanceof String s) {
                                found.put((String) k, s);
                            } else {
                                note(with(name, k), v, "text; put it in quotes");
                            }
                        });
        return found;
    }

    /** Names of a map's fields. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        map.keySet().forEach(k -> names.add((String) k));
        return names;
    }

    int integer(String name, int otherwise, int min, int max) {
        Object value = map.get(name);
        if (value == null) {
            return otherwise;
        }
        if (isWhole(value)) {
            long n = ((Number) value).longValue();
            if (n >= min && n <= max) {
                return (int) n;
            }
        }
        invalid(name, min + "-" + max);
        return otherwise;
    }

    /** A port that must be there. */
    int port(String name) {
        if (!has(name)) {
            missing(name);
            return 1;
        }
        return integer(name, 1, 1, 65535);
    }

    boolean flag(String name) {
        Object value = map.get(name);
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        invalid(name, "true or false");
        return false;
    }

    /** One of the named values. */
    <E> E choice(String name, E otherwise, Map<String, E> choices) {
        String value = text(name, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        E found = choices.get(value);
        if (found == null) {
            invalid(name, "one of " + String.join(", ", choices.keySet()));
            return otherwise;
        }
        return found;
    }

    /** The value of a field as the file has it, null if it is not there. */
    @Nullable Object raw(String name) {
        return map.get(name);
    }

    void missing(String name) {
        notes.add(
                ObjectProblem.MISSING_FIELD,
                with(name),
                "nothing there (expected: a value)",
                "add the field");
    }

    void invalid(String name, String expected) {
        note(with(name), map.get(name), expected);
    }

    void tooLong(String name, int length, int limit) {
        notes.add(
                ObjectProblem.INVALID_FIELD,
                with(name),
                length + " characters (expected: at most " + limit + ")",
                "shorten the value");
    }

    void unsupported(String name, String why, String fix) {
        notes.add(ObjectProblem.UNSUPPORTED, with(name), why, fix);
    }

    void note(List<Object> at, @Nullable Object value, String expected) {
        notes.add(
                ObjectProblem.INVALID_FIELD,
                at,
                shown(value) + " (expected: " + expected + ")",
                "correct the value");
    }

    private static String shown(@Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case Map<?, ?> m -> "a map";
            case List<?> l -> "a list";
            case String s -> "\"" + s + "\"";
            default -> String.valueOf(value);
        };
    }

    private List<?> list(String name) {
        Object value = map.get(name);
        if (value instanceof List<?> list) {
            return list;
        }
        if (value != null) {
            invalid(name, "a list");
        }
        return List.of();
    }

    static boolean isWhole(@Nullable Object value) {
        return value instanceof Long || value instanceof Integer;
    }

    private List<Object> with(Object... steps) {
        List<Object> longer = new ArrayList<>(path);
        longer.addAll(List.of(steps));
        return longer;
    }
}
