package dev.ambit.ztunnel.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A listener without descriptors rests and comes back (reliability.md 5.1). */
final class AcceptorTest {

    @Test
    void restsLongerEachTimeAnAcceptFailsUpToATenthOfASecond() {
        AtomicInteger counted = new AtomicInteger();
        EmbeddedChannel listener =
                new EmbeddedChannel(
                        new Acceptor(
                                "test",
                                socket -> {},
                                Acceptor.Admission.OPEN,
                                socket -> {},
                                lost -> counted.incrementAndGet()));
        listener.freezeTime();
        for (long rest : List.of(10L, 20L, 40L, 80L, 100L, 100L)) {
            listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
            assertThat(listener.config().isAutoRead()).isFalse();
            listener.advanceTimeBy(rest - 1, TimeUnit.MILLISECONDS);
            listener.runScheduledPendingTasks();
            assertThat(listener.config().isAutoRead()).as("after %s ms", rest - 1).isFalse();
            listener.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            listener.runScheduledPendingTasks();
            assertThat(listener.config().isAutoRead()).as("after %s ms", rest).isTrue();
        }
        assertThat(listener.isOpen()).isTrue();
        assertThat(counted).hasValue(6);
        listener.close();
    }
}
