package dev.ambit.policy.fuzz;

import dev.ambit.policy.l7.PathNormalization;
import dev.ambit.policy.l7.PathNormalizer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The path that is judged is the path that is sent: normalised again it stays, and it keeps neither
 * a segment of dots nor a character that ends a request line.
 */
public final class PathFuzz {

    private PathFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String target = new String(input, StandardCharsets.ISO_8859_1);
        for (PathNormalization how : PathNormalization.values()) {
            String once = PathNormalizer.normalize(target, how);
            if (once != null) {
                check(target, how, once);
            }
        }
    }

    private static void check(String target, PathNormalization how, String once) {
        @Nullable String twice = PathNormalizer.normalize(once, how);
        if (!once.equals(twice)) {
            throw new IllegalStateException(
                    "%s: %s became %s, and that %s".formatted(how, target, once, twice));
        }
        int question = once.indexOf('?');
        String path = question < 0 ? once : once.substring(0, question);
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..") || segment.equals(".")) {
                throw new IllegalStateException(how + " left dots: " + once);
            }
        }
        if (once.chars().anyMatch(c -> c <= ' ' || c == 0x7f || c == '#')) {
            throw new IllegalStateException(how + " left a character of a request line: " + once);
        }
        if (how != PathNormalization.BASE && path.contains("//")) {
            throw new IllegalStateException(how + " left a run of slashes: " + once);
        }
    }
}
