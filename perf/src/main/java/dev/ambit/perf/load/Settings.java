package dev.ambit.perf.load;

import java.net.InetSocketAddress;
import java.util.Map;

/** What a load program was told, as {@code name=value}. */
record Settings(Map<String, String> given) {

    Settings {
        given = Map.copyOf(given);
    }

    String text(String name) {
        String value = given.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + ": missing (expected: " + name + "=…)");
        }
        return value;
    }

    int number(String name) {
        String value = text(name);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: a whole number)", e);
        }
    }

    int number(String name, int otherwise) {
        return given.containsKey(name) ? number(name) : otherwise;
    }

    InetSocketAddress target() {
        return new InetSocketAddress(text("host"), number("port"));
    }
}
