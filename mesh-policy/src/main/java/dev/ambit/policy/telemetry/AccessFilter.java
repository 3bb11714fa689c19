package dev.ambit.policy.telemetry;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A filter of access-log lines: the small part of CEL that makes sense for a connection, with no
 * loops, no calls and no more work than its length. {@code ||}, {@code &&}, {@code !}, parentheses,
 * {@code == != < <= > >=}, and {@code startsWith}, {@code endsWith}, {@code contains} on texts.
 */
public final class AccessFilter {

    /** A kind of value; what is compared must be of one kind. */
    private sealed interface Attribute {
        record Text(Function<AccessFacts, String> of) implements Attribute {}

        record Whole(java.util.function.ToLongFunction<AccessFacts> of) implements Attribute {}

        record Flag(Predicate<AccessFacts> of) implements Attribute {}
    }

    private static final int MAX_LENGTH = 4096;
    private static final int MAX_DEPTH = 32;

    private static final Map<String, Attribute> ATTRIBUTES =
            new TreeMap<>(
                    Map.ofEntries(
                            text("connection.direction", f -> f.inbound() ? "inbound" : "outbound"),
                            text("connection.response_flags", AccessFacts::flag),
                            Map.entry("connection.failed", new Attribute.Flag(AccessFacts::failed)),
                            Map.entry(
                                    "connection.mtls", new Attribute.Flag(AccessFacts::mutualTls)),
                            Map.entry(
                                    "connection.duration_ms",
                                    new Attribute.Whole(AccessFacts::durationMillis)),
                            Map.entry("connection.bytes", new Attribute.Whole(AccessFacts::bytes)),
                            text("source.namespace", f -> f.source().namespace()),
                            text("source.workload", f -> f.source().workload()),
                            text("source.principal", f -> f.source().principal()),
                            text("destination.namespace", f -> f.destination().namespace()),
                            text("destination.workload", f -> f.destination().workload()),
                            text("destination.principal", f -> f.destination().principal()),
                            text("destination.service", AccessFacts::service)));

    private final String text;
    private final Predicate<AccessFacts> predicate;

    private AccessFilter(String text, Predicate<AccessFacts> predicate) {
        this.text = text;
        this.predicate = predicate;
    }

    private static Map.Entry<String, Attribute> text(
            String name, Function<AccessFacts, String> of) {
        return Map.entry(name, new Attribute.Text(of));
    }

    /**
     * Reads a filter.
     *
     * @throws IllegalArgumentException with what was found where, and what was expected
     */
    public static AccessFilter parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "filter of " + text.length() + " characters (expected: at most 4096)");
        }
        Reader reader = new Reader(FilterTokens.of(text));
        Predicate<AccessFacts> all = reader.any(0);
        reader.tokens.expectEnd();
        return new AccessFilter(text, all);
    }

    /** Whether the line is wanted. */
    public boolean accepts(AccessFacts facts) {
        return predicate.test(facts);
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object o) {
        return o instanceof AccessFilter other && text.equals(other.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    /** Recursive descent, one method a level of precedence. */
    private record Reader(FilterTokens tokens) {

        Predicate<AccessFacts> any(int depth) {
            if (depth > MAX_DEPTH) {
                throw tokens.wrong("at most " + MAX_DEPTH + " parentheses in each other");
            }
            Predicate<AccessFacts> left = all(depth);
            while (tokens.take("||")) {
                left = left.or(all(depth));
            }
            return left;
        }

        private Predicate<AccessFacts> all(int depth) {
            Predicate<AccessFacts> left = one(depth);
            while (tokens.take("&&")) {
                left = left.and(one(depth));
            }
            return left;
        }

        private Predicate<AccessFacts> one(int depth) {
            if (tokens.take("!")) {
                if (depth > MAX_DEPTH) {
                    throw tokens.wrong("fewer negations");
                }
                return one(depth + 1).negate();
            }
            if (tokens.take("(")) {
                Predicate<AccessFacts> inner = any(depth + 1);
                tokens.expect(")");
                return inner;
            }
            if (tokens.take("true")) {
                return f -> true;
            }
            if (tokens.take("false")) {
                return f -> false;
            }
            String name = tokens.name();
            for (String call : List.of("startsWith", "endsWith", "contains")) {
                if (name.endsWith("." + call)) {
                    return call(name.substring(0, name.length() - call.length() - 1), call);
                }
            }
            return comparison(attribute(name));
        }

        private Attribute attribute(String name) {
            Attribute attribute = ATTRIBUTES.get(name);
            if (attribute == null) {
                throw new IllegalArgumentException(
                        "attribute "
                                + name
                                + " is not known of a connection (expected one of: "
                                + String.join(", ", ATTRIBUTES.keySet())
                                + ")");
            }
            return attribute;
        }

        private Predicate<AccessFacts> call(String name, String call) {
            if (!(attribute(name) instanceof Attribute.Text(Function<AccessFacts, String> of))) {
                throw new IllegalArgumentException(
                        name + "." + call + " (expected: a text attribute)");
            }
            tokens.expect("(");
            String wanted = tokens.text();
            tokens.expect(")");
            return switch (call) {
                case "startsWith" -> f -> of.apply(f).startsWith(wanted);
                case "endsWith" -> f -> of.apply(f).endsWith(wanted);
                default -> f -> of.apply(f).contains(wanted);
            };
        }

        private Predicate<AccessFacts> comparison(Attribute attribute) {
            return switch (attribute) {
                case Attribute.Flag flag -> flag(flag.of());
                case Attribute.Text text -> {
                    boolean same = tokens.oneOf("==", "!=").equals("==");
                    String wanted = tokens.text();
                    yield f -> text.of().apply(f).equals(wanted) == same;
                }
                case Attribute.Whole number -> {
                    String operator = tokens.oneOf("==", "!=", "<", "<=", ">", ">=");
                    long wanted = tokens.number();
                    yield f -> holds(operator, Long.compare(number.of().applyAsLong(f), wanted));
                }
            };
        }

        private Predicate<AccessFacts> flag(Predicate<AccessFacts> of) {
            boolean same = tokens.take("==");
            if (!same && !tokens.take("!=")) {
                return of;
            }
            boolean wanted = tokens.oneOf("true", "false").equals("true");
            return f -> (of.test(f) == wanted) == same;
        }

        private static boolean holds(String operator, int sign) {
            return switch (operator) {
                case "==" -> sign == 0;
                case "!=" -> sign != 0;
                case "<" -> sign < 0;
                case "<=" -> sign <= 0;
                case ">" -> sign > 0;
                default -> sign >= 0;
            };
        }
    }
}
