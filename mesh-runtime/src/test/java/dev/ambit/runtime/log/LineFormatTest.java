package dev.ambit.runtime.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LineFormatTest {

    private static final Instant NOW = Instant.parse("2026-08-21T15:32:05.754291Z");

    private static String plain(String message, @Nullable Object... fields) {
        return text(LineFormat.plain(NOW, Level.INFO, "access", message, fields));
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
    }

    @Test
    void printsAnAccessLineAsUpstreamDoes() throws Exception {
        InetSocketAddress source = new InetSocketAddress(InetAddress.getByName("10.42.0.9"), 33772);
        assertThat(
                        plain(
                                "connection complete",
                                "src.addr",
                                source,
                                "src.workload",
                                "curl-7656cf8794-6lsm4",
                                "src.cluster",
                                null,
                                "direction",
                                "outbound",
                                "bytes_sent",
                                84L,
                                "duration",
                                Duration.ofMillis(15)))
                .isEqualTo(
                        "2026-08-21T15:32:05.754291Z\tinfo\taccess\tconnection complete\t"
                                + "src.addr=10.42.0.9:33772 src.workload=\"curl-7656cf8794-6lsm4\""
                                + " direction=\"outbound\" bytes_sent=84 duration=\"15ms\"\n");
    }

    @Test
    void keepsOneLineWhateverAValueHolds() {
        assertThat(plain("m", "k", "a\"b\\c\nd\te\u0001"))
                .endsWith("\tm\tk=\"a\\\"b\\\\c\\nd\\te\\u{1}\"\n");
    }

    @Test
    void printsVersionSixAddressesInBrackets() throws Exception {
        assertThat(plain("m", "a", new InetSocketAddress(InetAddress.getByName("fd00::1"), 80)))
                .endsWith("a=[fd00:0:0:0:0:0:0:1]:80\n");
    }

    @Test
    void leavesOutWhatIsNotThere() {
        assertThat(plain("m", "a", Optional.empty(), "b", Optional.of(1), "c", true))
                .endsWith("\tm\tb=1 c=true\n");
    }

    @Test
    void printsAnExceptionWithItsCause() {
        IOException e = new IOException("outer", new IOException("inner"));
        assertThat(plain("m", "error", e))
                .endsWith("error=\"IOException: outer: IOException: inner\"\n");
    }

    @Test
    void printsJson() {
        assertThat(
                        text(
                                LineFormat.json(
                                        NOW,
                                        Level.ERROR,
                                        "access",
                                        "it \"broke\"",
                                        new Object[] {"n", 1, "s", "a\u0001", "ok", true})))
                .isEqualTo(
                        "{\"level\":\"error\",\"time\":\"2026-08-21T15:32:05.754291Z\","
                                + "\"scope\":\"access\",\"message\":\"it \\\"broke\\\"\","
                                + "\"n\":1,\"s\":\"a\\u0001\",\"ok\":true}\n");
    }
}
