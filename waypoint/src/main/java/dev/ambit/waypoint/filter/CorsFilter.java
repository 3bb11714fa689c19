package dev.ambit.waypoint.filter;

import dev.ambit.api.waypoint.RouteFilter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Answers the questions of browsers (WHATWG Fetch, CORS protocol) for routes that have a policy.
 */
public final class CorsFilter {

    private CorsFilter() {}

    /** A question asked before the request proper, with an origin that is allowed. */
    public static boolean isPreflight(RouteFilter.Cors policy, HttpRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD)
                && allowedOrigin(policy, request) != null;
    }

    /** The policy among a route's filters. */
    public static RouteFilter.@Nullable Cors policy(List<RouteFilter> filters) {
        for (RouteFilter filter : filters) {
            if (filter instanceof RouteFilter.Cors cors) {
                return cors;
            }
        }
        return null;
    }

    public static void answerPreflight(
            RouteFilter.Cors policy, HttpRequest request, HttpHeaders answer) {
        mark(policy, request, answer);
        list(answer, HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, policy.allowMethods());
        list(answer, HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, policy.allowHeaders());
        if (policy.maxAge().isPositive()) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, policy.maxAge().toSeconds());
        }
    }

    /** Says on an ordinary answer that this origin may read it. */
    public static void mark(RouteFilter.Cors policy, HttpRequest request, HttpHeaders answer) {
        @Nullable String origin = allowedOrigin(policy, request);
        if (origin == null) {
            return;
        }
        answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if (policy.allowCredentials()) {
            answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
        list(answer, HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, policy.exposeHeaders());
        answer.add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
    }

    private static void list(HttpHeaders answer, CharSequence name, List<String> values) {
        if (!values.isEmpty()) {
            answer.set(name, String.join(",", values));
        }
    }

    private static @Nullable String allowedOrigin(RouteFilter.Cors policy, HttpRequest request) {
        @Nullable String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin == null) {
            return null;
        }
        for (String allowed : policy.allowOrigins()) {
            if (matches(allowed, origin)) {
                return origin;
            }
        }
        return null;
    }

    private static boolean matches(String allowed, String origin) {
        int star = allowed.indexOf('*');
        if (star < 0) {
            return allowed.equalsIgnoreCase(origin);
        }
        String lower = origin.toLowerCase(Locale.ROOT);
        String head = allowed.substring(0, star).toLowerCase(Locale.ROOT);
        String tail = allowed.substring(star + 1).toLowerCase(Locale.ROOT);
        return lower.length() >= head.length() + tail.length()
                && lower.startsWith(head)
                && lower.endsWith(tail);
    }
}
