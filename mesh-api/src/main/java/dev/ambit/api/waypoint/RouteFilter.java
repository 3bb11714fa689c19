package dev.ambit.api.waypoint;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is done to a request or its answer, as data. */
public sealed interface RouteFilter {

    /** Changes the request on its way to the backend. */
    record RequestHeaders(HeaderChange change) implements RouteFilter {}

    /** Changes the answer on its way back. */
    record ResponseHeaders(HeaderChange change) implements RouteFilter {}

    /**
     * Answers with the address to ask instead.
     *
     * @param scheme empty: the request's
     * @param hostname empty: the request's
     * @param path null: the request's
     * @param port 0: the scheme's own if a scheme is given, else the request's
     */
    record Redirect(String scheme, String hostname, @Nullable PathChange path, int port, int status)
            implements RouteFilter {
        public Redirect {
            Ports.checkOrAny("port", port);
            if (status < 300 || status > 399) {
                throw new IllegalArgumentException("status: " + status + " (expected: 3xx)");
            }
        }
    }

    /**
     * Asks the backend for something else than the client asked for.
     *
     * @param hostname empty: the request's
     * @param path null: the request's
     */
    record Rewrite(String hostname, @Nullable PathChange path) implements RouteFilter {}

    /**
     * Sends a copy elsewhere and forgets the answer.
     *
     * @param millionths share of requests copied
     */
    record Mirror(BackendRef backend, int millionths) implements RouteFilter {

        public static final int ALL = 1_000_000;

        public Mirror {
            if (millionths < 0 || millionths > ALL) {
                throw new IllegalArgumentException(
                        "millionths: " + millionths + " (expected: 0-" + ALL + ")");
            }
        }
    }

    /**
     * Answers the questions of browsers.
     *
     * @param allowOrigins {@code *}, exact, or with one wildcard: {@code https://*.example.com}
     */
    record Cors(
            List<String> allowOrigins,
            boolean allowCredentials,
            List<String> allowMethods,
            List<String> allowHeaders,
            List<String> exposeHeaders,
            Duration maxAge)
            implements RouteFilter {
        public Cors {
            allowOrigins = List.copyOf(allowOrigins);
            allowMethods = List.copyOf(allowMethods);
            allowHeaders = List.copyOf(allowHeaders);
            exposeHeaders = List.copyOf(exposeHeaders);
        }
    }

    /** Answers itself. */
    record DirectResponse(int status, String body) implements RouteFilter {
        public DirectResponse {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("status: " + status + " (expected: 200-599)");
            }
        }
    }
}
