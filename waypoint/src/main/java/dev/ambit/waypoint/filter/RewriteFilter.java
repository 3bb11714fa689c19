package dev.ambit.waypoint.filter;

import dev.ambit.api.waypoint.PathChange;
import dev.ambit.api.waypoint.RouteFilter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;

/** Asks the backend for another path or host than the client did (Gateway API URLRewrite). */
public final class RewriteFilter {

    private RewriteFilter() {}

    /**
     * @param matchedPrefix what the rule matched of the path, empty if it matched otherwise
     */
    public static void apply(List<RouteFilter> filters, String matchedPrefix, HttpRequest request) {
        for (RouteFilter filter : filters) {
            if (filter instanceof RouteFilter.Rewrite rewrite) {
                if (!rewrite.hostname().isEmpty()) {
                    request.headers().set(HttpHeaderNames.HOST, rewrite.hostname());
                }
                if (rewrite.path() != null) {
                    request.setUri(path(rewrite.path(), matchedPrefix, request.uri()));
                }
            }
        }
    }

    static String path(PathChange change, String matchedPrefix, String uri) {
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        String query = question < 0 ? "" : uri.substring(question);
        return switch (change) {
            case PathChange.Full full -> full.path() + query;
            case PathChange.Prefix prefix ->
                    replaced(path, matchedPrefix, prefix.replacement()) + query;
        };
    }

    private static String replaced(String path, String matchedPrefix, String replacement) {
        String prefix = withoutTrailingSlash(matchedPrefix);
        if (!path.startsWith(prefix)) {
            return path;
        }
        String result = withoutTrailingSlash(replacement) + path.substring(prefix.length());
        return result.startsWith("/") ? result : "/" + result;
    }

    private static String withoutTrailingSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
