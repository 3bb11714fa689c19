package dev.ambit.api.waypoint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Matches if everything that is set does.
 *
 * @param method empty: every method
 */
public record RequestMatch(
        @Nullable PathMatch path,
        List<NamedValueMatch> headers,
        List<NamedValueMatch> query,
        String method) {

    /** Every request. */
    public static final RequestMatch ANY = new RequestMatch(null, List.of(), List.of(), "");

    public RequestMatch {
        headers = List.copyOf(headers);
        query = List.copyOf(query);
    }
}
