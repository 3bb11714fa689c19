package dev.ambit.policy.l7;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The one form of a path: it is judged, and it is what the backend is sent, so the two cannot
 * disagree. What has no safe form is refused rather than guessed.
 */
public final class PathNormalizer {

    private PathNormalizer() {}

    /** As {@link PathNormalization#BASE} says. */
    public static @Nullable String normalize(String target) {
        return normalize(target, PathNormalization.BASE);
    }

    /**
     * @param target the request target: path, perhaps a query, which stays as it is
     * @return null if there is no safe form; the request is answered with 400
     */
    public static @Nullable String normalize(String target, PathNormalization how) {
        if (target.equals("*")) {
            return target;
        }
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        String query = question < 0 ? "" : target.substring(question);
        if (!path.startsWith("/") || hasForbidden(query)) {
            return null;
        }
        if (isPlain(path)) {
            return target;
        }
        String unescaped = unescape(path, how == PathNormalization.DECODE_AND_MERGE_SLASHES);
        if (unescaped == null) {
            return null;
        }
        String resolved = resolve(unescaped, how != PathNormalization.BASE);
        return resolved == null ? null : resolved + query;
    }

    /** Nearly every path: nothing in it that could need work. */
    private static boolean isPlain(String path) {
        char before = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean plain = isUnreserved(c) || (c == '/' && before != '/');
            if (!plain || (c == '.' && before == '/')) {
                return false;
            }
            before = c;
        }
        return true;
    }

    private static boolean hasForbidden(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isForbidden(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** Controls and spaces end or split a request line; a fragment never belongs in a request. */
    private static boolean isForbidden(char c) {
        return c <= ' ' || c == 0x7f || c == '#';
    }

    private static @Nullable String unescape(String path, boolean slashesToo) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (isForbidden(c)) {
                return null;
            }
            if (c == '\\') {
                out.append('/');
            } else if (c == '%') {
                int value = hex(path, i + 1) << 4 | hex(path, i + 2);
                // Negative: not two hex digits. An escaped NUL ends the path for many backends.
                if (value <= 0) {
                    return null;
                }
                i += 2;
                if (isUnreserved((char) value)) {
                    out.append((char) value);
                } else if (slashesToo && (value == '/' || value == '\\')) {
                    out.append('/');
                } else {
                    out.append('%').append(digit(value >> 4)).append(digit(value));
                }
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static @Nullable String resolve(String path, boolean mergeSlashes) {
        Deque<String> kept = new ArrayDeque<>();
        String[] segments = path.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            boolean last = i == segments.length - 1;
            if (segment.equals(".") || segment.equals("..")) {
                if (segment.equals("..")) {
                    kept.pollLast();
                }
                if (last) {
                    kept.add("");
                }
            } else if (hidesDots(segment)) {
                return null;
            } else if (!segment.isEmpty() || last || !mergeSlashes) {
                kept.add(segment);
            }
        }
        StringBuilder out = new StringBuilder(path.length());
        for (Iterator<String> it = kept.iterator(); it.hasNext(); ) {
            out.append('/').append(it.next());
        }
        return out.isEmpty() ? "/" : out.toString();
    }

    /** Backends that know path parameters read {@code ..;x} as {@code ..}; others do not. */
    private static boolean hidesDots(String segment) {
        return segment.startsWith(".;") || segment.startsWith("..;");
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }

    private static int hex(String text, int at) {
        int value = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
        // Digits of other scripts are digits to Character, not to HTTP.
        return at < text.length() && text.charAt(at) < 0x80 ? value : -1;
    }

    private static char digit(int value) {
        return Character.toUpperCase(Character.forDigit(value & 15, 16));
    }
}
