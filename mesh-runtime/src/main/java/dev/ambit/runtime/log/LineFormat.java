package dev.ambit.runtime.log;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds one line as bytes, the newline included. Pure but for a buffer kept by each thread. */
final class LineFormat {

    /** The part of a time that changes once a second. */
    private record Second(long epoch, String text) {}

    private static final int KEEP_CHARS = 4096;
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);
    private static final ThreadLocal<StringBuilder> BUFFER =
            ThreadLocal.withInitial(() -> new StringBuilder(512));

    /** Read and replaced by any thread; a lost race formats the same second twice. */
    private static volatile Second second = new Second(Long.MIN_VALUE, "");

    private LineFormat() {}

    static byte[] plain(
            Instant now, Level level, String target, String message, @Nullable Object[] fields) {
        StringBuilder s = buffer();
        time(s, now);
        s.append('\t')
                .append(level.text())
                .append('\t')
                .append(target)
                .append('\t')
                .append(message);
        char separator = '\t';
        for (int i = 0; i + 1 < fields.length; i += 2) {
            @Nullable Object value = unwrap(fields[i + 1]);
            if (value != null) {
                s.append(separator).append(fields[i]).append('=');
                value(s, value, false);
                separator = ' ';
            }
        }
        if (fields.length % 2 != 0) {
            s.append(separator).append("value=");
            value(s, String.valueOf(fields[fields.length - 1]), false);
        }
        return finish(s.append('\n'));
    }

    static byte[] json(
            Instant now, Level level, String target, String message, @Nullable Object[] fields) {
        StringBuilder s = buffer();
        s.append("{\"level\":\"").append(level.text()).append("\",\"time\":\"");
        time(s, now);
        s.append("\",\"scope\":");
        quote(s, target, true);
        s.append(",\"message\":");
        quote(s, message, true);
        for (int i = 0; i + 1 < fields.length; i += 2) {
            @Nullable Object value = unwrap(fields[i + 1]);
            if (value != null) {
                s.append(',');
                quote(s, String.valueOf(fields[i]), true);
                s.append(':');
                value(s, value, true);
            }
        }
        return finish(s.append("}\n"));
    }

    /** {@code span{k=v k=v}}, as it follows the target of a plain line. */
    static String span(String name, @Nullable Object[] fields) {
        StringBuilder s = new StringBuilder(name);
        if (fields.length > 1) {
            s.append('{');
            for (int i = 0; i + 1 < fields.length; i += 2) {
                s.append(i == 0 ? "" : " ").append(fields[i]).append('=');
                value(s, fields[i + 1], false);
            }
            s.append('}');
        }
        return s.toString();
    }

    private static StringBuilder buffer() {
        StringBuilder s = BUFFER.get();
        s.setLength(0);
        return s;
    }

    private static byte[] finish(StringBuilder s) {
        byte[] line = s.toString().getBytes(StandardCharsets.UTF_8);
        if (s.capacity() > KEEP_CHARS) {
            BUFFER.remove();
        }
        return line;
    }

    private static void time(StringBuilder s, Instant now) {
        Second known = second;
        if (known.epoch != now.getEpochSecond()) {
            known = new Second(now.getEpochSecond(), SECONDS.format(now));
            second = known;
        }
        s.append(known.text);
        int micros = now.getNano() / 1000;
        for (int unit = 100_000; unit > 0; unit /= 10) {
            s.append((char) ('0' + micros / unit % 10));
        }
        s.append('Z');
    }

    private static @Nullable Object unwrap(@Nullable Object value) {
        return value instanceof Optional<?> o ? o.orElse(null) : value;
    }

    private static void value(StringBuilder s, Object value, boolean json) {
        // Most values are text; asking for it first spares the access log a type switch a field.
        if (value instanceof String text) {
            quote(s, text, json);
            return;
        }
        switch (value) {
            case Number n -> s.append(n);
            case Boolean b -> s.append(b);
            case InetSocketAddress a -> bare(s, socketAddress(a), json);
            case InetAddress a -> bare(s, a.getHostAddress(), json);
            case Duration d -> quote(s, duration(d), json);
            case Throwable t -> quote(s, throwable(t), json);
            default -> quote(s, value.toString(), json);
        }
    }

    private static void bare(StringBuilder s, String text, boolean json) {
        if (json) {
            quote(s, text, true);
        } else {
            s.append(text);
        }
    }

    private static String socketAddress(InetSocketAddress a) {
        InetAddress ip = a.getAddress();
        if (ip == null) {
            return a.getHostString() + ":" + a.getPort();
        }
        String host = ip.getHostAddress();
        return (ip instanceof Inet6Address ? "[" + host + "]" : host) + ":" + a.getPort();
    }

    private static String duration(Duration d) {
        return d.toMillis() + "ms";
    }

    private static String throwable(Throwable t) {
        String text = t.getMessage();
        String name = t.getClass().getSimpleName();
        Throwable cause = t.getCause();
        String own = text == null || text.isEmpty() ? name : name + ": " + text;
        return cause == null || own.contains(String.valueOf(cause.getMessage()))
                ? own
                : own + ": " + throwable(cause);
    }

    private static void quote(StringBuilder s, String text, boolean json) {
        s.append('"');
        int clean = clean(text);
        s.append(text, 0, clean);
        for (int i = clean; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> s.append("\\\"");
                case '\\' -> s.append("\\\\");
                case '\n' -> s.append("\\n");
                case '\r' -> s.append("\\r");
                case '\t' -> s.append("\\t");
                default -> {
                    if (c >= ' ' && (c < 0x7f || !deceives(c))) {
                        s.append(c);
                    } else if (json) {
                        s.append(String.format("\\u%04x", (int) c));
                    } else {
                        s.append("\\u{").append(Integer.toHexString(c)).append('}');
                    }
                }
            }
        }
        s.append('"');
    }

    /** How many characters of the text stand for themselves before the first that does not. */
    private static int clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || (c >= 0x7f && deceives(c))) {
                return i;
            }
        }
        return text.length();
    }

    /** Controls a terminal obeys, line breaks of Unicode, and what turns the writing direction. */
    private static boolean deceives(char c) {
        return c < 0xa0
                || (c >= '\u2028' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069')
                || c == '\u200e'
                || c == '\u200f'
                || c == '\ufeff';
    }
}
