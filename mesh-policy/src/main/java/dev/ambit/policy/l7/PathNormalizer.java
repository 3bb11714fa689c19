package dev.ambit.policy.l7;

import org.jspecify.annotations.Nullable;

/**
 * The one form of a path that is judged, and the one that is sent on: dot segments resolved,
 * repeated slashes merged, backslashes as slashes, escaped letters, dots and slashes decoded.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class PathNormalizer {

    private PathNormalizer() {}

    /**
     * @param target the request target: path, perhaps a query
     * @return null if no safe form exists; the request is answered with 400
     */
    public static @Nullable String normalize(String target) {
        throw new UnsupportedOperationException("not built yet");
    }
}
