package dev.ambit.policy.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a filter, read one after the other. */
final class FilterTokens {

    private static final Pattern TOKEN =
            Pattern.compile(
                    "\\s*(?:([A-Za-z_][A-Za-z0-9_.]*)|(\\d{1,18})|'([^']*)'|\"([^\"]*)\""
                            + "|(\\|\\||&&|==|!=|<=|>=|[!<>()]))");

    private enum Kind {
        NAME,
        NUMBER,
        TEXT,
        SIGN
    }

    private record Token(Kind kind, String text, int at) {}

    private final List<Token> tokens;
    private final int length;
    private int next;

    private FilterTokens(List<Token> tokens, int length) {
        this.tokens = tokens;
        this.length = length;
    }

    static FilterTokens of(String text) {
        List<Token> tokens = new ArrayList<>();
        Matcher m = TOKEN.matcher(text);
        int at = 0;
        while (!text.substring(at).isBlank()) {
            if (!m.find(at) || m.start() != at) {
                throw new IllegalArgumentException(
                        "character " + at + ": not understood (expected: a name, number or sign)");
            }
            tokens.add(token(m));
            at = m.end();
        }
        return new FilterTokens(tokens, text.length());
    }

    private static Token token(Matcher m) {
        Kind[] kinds = {Kind.NAME, Kind.NUMBER, Kind.TEXT, Kind.TEXT, Kind.SIGN};
        for (int group = 1; group <= kinds.length; group++) {
            String text = m.group(group);
            if (text != null) {
                return new Token(kinds[group - 1], text, m.start());
            }
        }
        throw new IllegalStateException("a token without a group");
    }

    boolean take(String wanted) {
        if (next < tokens.size()) {
            Token t = tokens.get(next);
            if (t.kind != Kind.TEXT && t.text.equals(wanted)) {
                next++;
                return true;
            }
        }
        return false;
    }

    void expect(String wanted) {
        if (!take(wanted)) {
            throw wrong(wanted);
        }
    }

    String oneOf(String... wanted) {
        for (String w : wanted) {
            if (take(w)) {
                return w;
            }
        }
        throw wrong("one of " + String.join(" ", wanted));
    }

    void expectEnd() {
        if (next < tokens.size()) {
            throw wrong("&&, || or the end");
        }
    }

    String name() {
        return taken(Kind.NAME, "an attribute");
    }

    String text() {
        return taken(Kind.TEXT, "a text in quotes");
    }

    long number() {
        return Long.parseLong(taken(Kind.NUMBER, "a number"));
    }

    private String taken(Kind kind, String what) {
        if (next < tokens.size() && tokens.get(next).kind == kind) {
            return tokens.get(next++).text;
        }
        throw wrong(what);
    }

    IllegalArgumentException wrong(String expected) {
        return next < tokens.size()
                ? new IllegalArgumentException(
                        "character "
                                + tokens.get(next).at
                                + ": "
                                + tokens.get(next).text
                                + " (expected: "
                                + expected
                                + ")")
                : new IllegalArgumentException(
                        "character " + length + ": end (expected: " + expected + ")");
    }
}
