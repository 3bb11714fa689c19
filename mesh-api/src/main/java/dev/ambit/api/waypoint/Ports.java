package dev.ambit.api.waypoint;

/** The check every port of this package passes. */
final class Ports {

    private Ports() {}

    static void check(String field, int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException(field + ": " + port + " (expected: 1-65535)");
        }
    }

    static void checkOrAny(String field, int port) {
        if (port != 0) {
            check(field, port);
        }
    }
}
