package dev.ambit.policy.l7;

import com.google.re2j.Pattern;
import dev.ambit.api.waypoint.NamedValueMatch;
import dev.ambit.api.waypoint.PathMatch;
import dev.ambit.api.waypoint.RequestMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A {@link RequestMatch}, compiled. Regular expressions are RE2's: time linear in the input. */
final class CompiledMatch {

    /** A header or parameter; the pattern is null for an exact value. */
    private record NamedValue(String name, String exact, @Nullable Pattern pattern) {

        static NamedValue of(NamedValueMatch match, boolean foldCase) {
            String name = foldCase ? match.name().toLowerCase(Locale.ROOT) : match.name();
            return switch (match) {
                case NamedValueMatch.Exact m -> new NamedValue(name, m.value(), null);
                case NamedValueMatch.Regex m ->
                        new NamedValue(name, "", Pattern.compile(m.value()));
            };
        }

        boolean matches(String value) {
            return pattern == null ? exact.equals(value) : pattern.matches(value);
        }
    }

    /** What Gateway API's own default is where no path is asked for. */
    private static final PathMatch ANY_PATH = new PathMatch.Prefix("/");

    private final PathMatch path;
    private final @Nullable Pattern pathPattern;

    /** The prefix without a trailing slash, empty where any path will do. */
    private final String prefix;

    private final String method;
    private final List<NamedValue> headers = new ArrayList<>();
    private final List<NamedValue> query = new ArrayList<>();

    /**
     * @throws com.google.re2j.PatternSyntaxException if an expression is not one
     */
    CompiledMatch(RequestMatch match) {
        PathMatch asked = match.path();
        path = asked == null ? ANY_PATH : asked;
        pathPattern = path instanceof PathMatch.Regex regex ? Pattern.compile(regex.value()) : null;
        prefix =
                path instanceof PathMatch.Prefix p
                        ? p.value().endsWith("/")
                                ? p.value().substring(0, p.value().length() - 1)
                                : p.value()
                        : "";
        method = match.method();
        match.headers().forEach(m -> headers.add(NamedValue.of(m, true)));
        match.query().forEach(m -> query.add(NamedValue.of(m, false)));
    }

    boolean matches(HttpFacts request) {
        return (method.isEmpty() || method.equals(request.method()))
                && matchesPath(request.path())
                && matchesHeaders(request)
                && matchesQuery(request);
    }

    private boolean matchesPath(String value) {
        return switch (path) {
            case PathMatch.Exact exact -> exact.value().equals(value);
            case PathMatch.Prefix p ->
                    prefix.isEmpty()
                            || (value.startsWith(prefix)
                                    && (value.length() == prefix.length()
                                            || value.charAt(prefix.length()) == '/'));
            case PathMatch.Regex regex -> pathPattern != null && pathPattern.matches(value);
        };
    }

    private boolean matchesHeaders(HttpFacts request) {
        for (int i = 0; i < headers.size(); i++) {
            NamedValue header = headers.get(i);
            List<String> values = request.headers(header.name());
            // Several lines of one name are one list (RFC 9110 section 5.3).
            if (values.isEmpty()
                    || !header.matches(
                            values.size() == 1 ? values.getFirst() : String.join(",", values))) {
                return false;
            }
        }
        return true;
    }

    private boolean matchesQuery(HttpFacts request) {
        for (int i = 0; i < query.size(); i++) {
            String value = QueryParameters.first(request.query(), query.get(i).name());
            if (value == null || !query.get(i).matches(value)) {
                return false;
            }
        }
        return true;
    }

    /** What a rewrite may replace; empty unless a prefix matched. */
    String matchedPrefix() {
        return path instanceof PathMatch.Prefix p ? p.value() : "";
    }

    /** Exact before prefix before regex. */
    int pathRank() {
        return switch (path) {
            case PathMatch.Regex regex -> 0;
            case PathMatch.Prefix p -> 1;
            case PathMatch.Exact exact -> 2;
        };
    }

    int pathLength() {
        return path.value().length();
    }

    boolean hasMethod() {
        return !method.isEmpty();
    }

    int headerCount() {
        return headers.size();
    }

    int queryCount() {
        return query.size();
    }
}
