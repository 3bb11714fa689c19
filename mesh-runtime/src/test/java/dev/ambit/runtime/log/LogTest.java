package dev.ambit.runtime.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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

    /** Goal: a stuck output never stops a caller; what is lost is counted. */
    @Test
    void dropsAndCountsWhenTheOutputIsStuck() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        LineWriter writer =
                new LineWriter(
                        new OutputStream() {
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
                        });
        writer.write(new byte[] {1});
        stuck.await();
        for (int i = 0; i < LineWriter.LIMIT + 7; i++) {
            writer.write(new byte[] {1});
        }
        assertThat(writer.dropped()).isEqualTo(7);
        release.countDown();
    }
}
