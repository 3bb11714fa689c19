package dev.ambit.api.waypoint;

/** What the path must look like, without its query. */
public sealed interface PathMatch {

    String value();

    /** Equal. */
    record Exact(String value) implements PathMatch {
        public Exact {
            checkAbsolute(value);
        }
    }

    /**
     * Begins with, by whole elements: {@code /a} covers {@code /a} and {@code /a/b}, not {@code
     * /ab}.
     */
    record Prefix(String value) implements PathMatch {
        public Prefix {
            checkAbsolute(value);
        }
    }

    /** An RE2 expression for the whole path. */
    record Regex(String value) implements PathMatch {}

    private static void checkAbsolute(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path: \"" + path + "\" (expected: /...)");
        }
    }
}
