package dev.ambit.runtime.metrics;

import java.util.regex.Pattern;

/** Names of families. */
final class Names {

    private static final Pattern VALID = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

    private Names() {}

    static String checked(String name) {
        if (!VALID.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "metric name: " + name + " (expected: letters, digits, underscores)");
        }
        return name;
    }

    static String withoutTotal(String name) {
        return name.endsWith("_total")
                ? name.substring(0, name.length() - "_total".length())
                : name;
    }
}
