package dev.ambit.runtime.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LogTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private AutoCloseable redirection = () -> {};

    @BeforeEach
    void redirect() {
        redirection = Logging.redirect(out);
    }

    @AfterEach
    void restore() throws Exception {
        Logging.setFilter(LogFilter.INFO);
        Logging.setFormat(LogFormat.PLAIN);
        redirection.close();
    }

    private String written() {
        Logging.flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void followsTheFilterWhileRunning() {
        Log log = Log.get("follow");
        log.debug("one");
        Logging.setFilter(LogFilter.parse("follow=debug"));
        assertThat(log.debugEnabled()).isTrue();
        log.debug("two");
        Logging.setFilter(LogFilter.INFO);
        log.debug("three");
        assertThat(written()).contains("\tdebug\tfollow\ttwo\n").doesNotContain("one", "three");
    }

    @Test
    void printsASpanBehindItsTarget() {
        Log.get("proxy").span("inbound", "id", "a1").info("accepted");
        assertThat(written()).contains("\tinfo\tproxy:inbound{id=\"a1\"}\taccepted\n");
    }

    @Test
    void printsTheStackOfABug() {
        Log.get("bug").error("failed", "error", new IllegalStateException("no"));
        assertThat(written())
                .contains("error=\"IllegalStateException: no\" stack=\"java.lang.Illegal")
                .contains("LogTest.printsTheStackOfABug");
    }

    @Test
    void takesWhatLibrariesLog() {
        Logger.getLogger("some.library").warning("from the JDK's logging");
        InternalLoggerFactory.getInstance("io.netty.test").info("from {}", "Netty");
        InternalLoggerFactory.getInstance("io.netty.test").debug("too much");
        assertThat(written())
                .contains("\twarn\tsome.library\tfrom the JDK's logging\n")
                .contains("\tinfo\tio.netty.test\tfrom Netty\n")
                .doesNotContain("too much");
    }

    /** M46: a stuck output never stops a caller, nor the exit; what is lost is counted. */
    @Test
    void dropsAndCountsWhenTheOutputIsStuck() throws Exception {
        StuckOutput output = new StuckOutput();
        LineWriter writer = new LineWriter(output);
        writer.write(new byte[] {1});
        output.stuck.await();
        for (int i = 0; i < LineWriter.LIMIT + 7; i++) {
            writer.write(new byte[] {1});
        }
        // the line that is being written counts too
        assertThat(writer.dropped()).isEqualTo(8);
        assertThat(writer.flush(Duration.ofMillis(1))).isFalse();
        output.release.countDown();
        assertThat(writer.flush(Duration.ofSeconds(30))).isTrue();
    }

    /** M46, G19: long lines fill the queue by their bytes. */
    @Test
    void boundsWhatWaitsForAStuckOutputByBytes() throws Exception {
        StuckOutput output = new StuckOutput();
        LineWriter writer = new LineWriter(output);
        byte[] line = new byte[1024 * 1024];
        for (int i = 0; i < 100; i++) {
            writer.write(line);
        }
        assertThat(writer.dropped()).isEqualTo(84);
        output.release.countDown();
        assertThat(writer.flush(Duration.ofSeconds(30))).isTrue();
    }

    /** A pipe whose reader has stopped. */
    private static final class StuckOutput extends OutputStream {
        private final CountDownLatch stuck = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);

        @Override
        public void write(int b) {
            throw new AssertionError("written byte by byte");
        }

        @Override
        public void write(byte[] b, int from, int length) {
            stuck.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A19, G19: a name of 64 KiB with line breaks, escapes and broken text stays one line. */
    @Test
    void keepsAHostileNameOnOneLineOfValidJson() throws Exception {
        String hostile =
                "\r\n{\"level\":\"info\"}\u001b[2J\u009b31m\u2028\u202e\ud800\0\"\\"
                        + "x".repeat(64 * 1024);
        Logging.setFormat(LogFormat.JSON);
        Log.get("tls").info("handshake failed", "sni", hostile);
        String json = written();
        assertThat(json.lines()).hasSize(1);
        assertThat(json).doesNotContain("\u001b", "\u009b", "\u2028", "\u202e");
        assertThat(json).startsWith("{\"level\":\"info\"").endsWith("\"}\n");
        Logging.setFormat(LogFormat.PLAIN);
        Log.get("tls").info("handshake failed", "sni", hostile);
        String plain = written().substring(json.length());
        assertThat(plain.lines()).hasSize(1);
        assertThat(plain)
                .contains("\\r\\n{\\\"level")
                .contains("\\u{1b}[2J\\u{9b}31m\\u{2028}\\u{202e}");
    }
}
