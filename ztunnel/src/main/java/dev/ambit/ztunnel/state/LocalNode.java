package dev.ambit.ztunnel.state;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One value of the local state file and where it stands. Maps are read key by key; what is left
 * over is unknown and refused, so that a misspelt field cannot silently mean its default.
 */
final class LocalNode {

    private final String path;
    private final @Nullable Object value;
    private final Set<String> read = new LinkedHashSet<>();

    LocalNode(String path, @Nullable Object value) {
        this.path = path;
        this.value = value;
    }

    /** The field, absent if it is not there or null. */
    LocalNode field(String key) {
        read.add(key);
        return new LocalNode(path.isEmpty() ? key : path + "." + key, map().get(key));
    }

    /** The field, which must be there. */
    LocalNode required(String key) {
        LocalNode field = field(key);
        if (field.isAbsent()) {
            throw bad(key + " is missing");
        }
        return field;
    }

    /** Call when all fields are read. */
    void refuseOthers() {
        for (Object key : map().keySet()) {
            if (!read.contains(String.valueOf(key))) {
                throw bad(
                        "unknown field `" + key + "`, expected one of " + String.join(", ", read));
            }
        }
    }

    boolean isAbsent() {
        return value == null;
    }

    String text(String absent) {
        return switch (value) {
            case null -> absent;
            case String s -> s;
            case Number n -> n.toString();
            case Boolean b -> b.toString();
            default -> throw bad("a " + kind() + " (expected: text)");
        };
    }

    boolean flag(boolean absent) {
        return switch (value) {
            case null -> absent;
            case Boolean b -> b;
            default -> throw bad(value + " (expected: true or false)");
        };
    }

    int number(int absent, int max) {
        if (value == null) {
            return absent;
        }
        return number(value, max);
    }

    private int number(Object candidate, int max) {
        try {
            long n = Long.parseLong(String.valueOf(candidate));
            if (n >= 0 && n <= max) {
                return (int) n;
            }
        } catch (NumberFormatException notANumber) {
            // Falls through to the one message for all bad values.
        }
        throw bad(candidate + " (expected: 0-" + max + ")");
    }

    /** One of the words. */
    <E> E choice(E absent, Map<String, E> words) {
        if (value == null) {
            return absent;
        }
        E chosen = words.get(text(""));
        if (chosen == null) {
            throw bad(
                    value
                            + " (expected: one of "
                            + String.join(", ", new java.util.TreeSet<>(words.keySet()))
                            + ")");
        }
        return chosen;
    }

    List<LocalNode> items() {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw bad("a " + kind() + " (expected: a list)");
        }
        List<LocalNode> items = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            items.add(new LocalNode(path + "[" + i + "]", list.get(i)));
        }
        return items;
    }

    <T> List<T> list(Function<LocalNode, T> item) {
        return items().stream().map(item).toList();
    }

    /** A map of port to port. */
    <T> List<T> ports(java.util.function.BiFunction<Integer, Integer, T> port) {
        List<T> ports = new ArrayList<>();
        map().forEach((from, to) -> ports.add(port.apply(number(from, 65535), number(to, 65535))));
        return ports;
    }

    /** A value parsed by its own type, whose complaint is placed here. */
    <T> T parsed(Function<String, T> parser) {
        try {
            return parser.apply(text(""));
        } catch (IllegalArgumentException complaint) {
            throw bad(String.valueOf(complaint.getMessage()));
        }
    }

    /** The fields of a map whose keys are names. */
    Map<?, ?> map() {
        return switch (value) {
            case null -> Map.of();
            case Map<?, ?> m -> m;
            default -> throw bad("a " + kind() + " (expected: fields)");
        };
    }

    @Nullable Object raw() {
        return value;
    }

    IllegalArgumentException bad(String what) {
        return new IllegalArgumentException((path.isEmpty() ? "" : path + ": ") + what);
    }

    private String kind() {
        return switch (value) {
            case null -> "nothing";
            case Map<?, ?> m -> "map";
            case List<?> l -> "list";
            case LocalStateFile.Tagged t -> "tag !" + t.tag();
            default -> "text";
        };
    }
}
