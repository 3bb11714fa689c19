package dev.ambit.api.waypoint;

/** A header or a query parameter that must be there with a certain value. */
public sealed interface NamedValueMatch {

    String name();

    String value();

    /** Equal. */
    record Exact(String name, String value) implements NamedValueMatch {
        public Exact {
            checkName(name);
        }
    }

    /** An RE2 expression for the whole value. */
    record Regex(String name, String value) implements NamedValueMatch {
        public Regex {
            checkName(name);
        }
    }

    private static void checkName(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: empty (expected: a header or a parameter)");
        }
    }
}
