package dev.ambit.waypoint.telemetry;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One line for each finished request in Istio's default text format, which log readers parse.
 * Nothing a client sends can start a new line or leave its quotes.
 */
public final class AccessLog {

    private static final DateTimeFormatter START =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** Longer values are cut: a header may have 64 KiB. */
    private static final int MAX_VALUE = 2048;

    private static final AccessLog OFF = new AccessLog(line -> {}, false);

    private final Consumer<String> lines;
    private final boolean on;

    private AccessLog(Consumer<String> lines, boolean on) {
        this.lines = lines;
        this.on = on;
    }

    public static AccessLog to(Consumer<String> lines) {
        return new AccessLog(lines, true);
    }

    public static AccessLog off() {
        return OFF;
    }

    public void record(RequestRecord done) {
        if (on) {
            lines.accept(format(done));
        }
    }

    static String format(RequestRecord done) {
        RequestRecord.Asked asked = done.asked();
        RequestRecord.Answered answered = done.answered();
        RequestRecord.Timing timing = done.timing();
        RequestRecord.Addresses addresses = done.addresses();
        StringBuilder line = new StringBuilder(400);
        line.append('[');
        START.formatTo(timing.start(), line);
        line.append("] \"");
        text(line, asked.method()).append(' ');
        text(line, asked.path()).append(' ');
        text(line, asked.protocol()).append("\" ");
        line.append(answered.status()).append(' ');
        bare(line, answered.flags()).append(' ');
        bare(line, answered.details()).append(" - ");
        quoted(line, answered.transportFailure()).append(' ');
        line.append(asked.bytes()).append(' ').append(answered.bytes()).append(' ');
        line.append(timing.durationMillis()).append(' ');
        if (timing.upstreamMillis() < 0) {
            line.append('-');
        } else {
            line.append(timing.upstreamMillis());
        }
        line.append(' ');
        quoted(line, asked.forwardedFor()).append(' ');
        quoted(line, asked.userAgent()).append(' ');
        quoted(line, asked.requestId()).append(' ');
        quoted(line, asked.authority()).append(' ');
        quoted(line, addresses.upstreamHost()).append(' ');
        bare(line, addresses.upstreamCluster()).append(' ');
        bare(line, addresses.upstreamLocal()).append(' ');
        bare(line, addresses.downstreamLocal()).append(' ');
        bare(line, addresses.downstreamRemote()).append(" - ");
        bare(line, addresses.routeName());
        return line.toString();
    }

    private static StringBuilder quoted(StringBuilder line, @Nullable String value) {
        line.append('"');
        return text(line, value).append('"');
    }

    private static StringBuilder bare(StringBuilder line, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return line.append('-');
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            line.append(c <= ' ' || c == '"' || c > '~' ? '_' : c);
        }
        return line;
    }

    private static StringBuilder text(StringBuilder line, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return line.append('-');
        }
        int end = Math.min(value.length(), MAX_VALUE);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                line.append("\\x").append(hex(c >> 4)).append(hex(c));
            } else {
                line.append(c);
            }
        }
        return line;
    }

    private static char hex(int nibble) {
        return Character.forDigit(nibble & 0xf, 16);
    }
}
