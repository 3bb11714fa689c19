package dev.ambit.identity;

/**
 * A peer's text for a message: printable ASCII, quoted, short. Nothing else of it reaches a log.
 */
public final class Quoted {

    private static final int MAX = 200;

    private Quoted() {}

    /** The value in double quotes, everything but printable ASCII escaped, cut after 200. */
    public static String of(String value) {
        StringBuilder out = new StringBuilder("\"");
        int shown = Math.min(value.length(), MAX);
        for (int i = 0; i < shown; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= 0x20 && c < 0x7f) {
                out.append(c);
            } else {
                out.append("\\u%04x".formatted((int) c));
            }
        }
        out.append('"');
        if (shown < value.length()) {
            out.append(" and %d characters more".formatted(value.length() - shown));
        }
        return out.toString();
    }
}
