package dev.ambit.policy.l7;

import dev.ambit.api.waypoint.PathChange;

/** The path a rewrite or a redirect makes of a request's. */
public final class PathRewrite {

    private PathRewrite() {}

    /**
     * @param path the request's, without query
     * @param matchedPrefix the prefix the rule matched, empty if it matched otherwise; then only
     *     the whole path can be replaced
     */
    public static String apply(PathChange change, String path, String matchedPrefix) {
        return switch (change) {
            case PathChange.Full full -> absolute(full.path());
            case PathChange.Prefix prefix -> replacePrefix(prefix, path, matchedPrefix);
        };
    }

    private static String replacePrefix(PathChange.Prefix change, String path, String matched) {
        String prefix = withoutTrailingSlash(matched);
        if (matched.isEmpty() || !path.startsWith(prefix)) {
            return path;
        }
        String rest = path.substring(prefix.length());
        String replacement = change.replacement();
        if (rest.isEmpty()) {
            return absolute(replacement);
        }
        return absolute(withoutTrailingSlash(replacement) + rest);
    }

    private static String absolute(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    private static String withoutTrailingSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
