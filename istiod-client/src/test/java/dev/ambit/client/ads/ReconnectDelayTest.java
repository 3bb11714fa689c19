package dev.ambit.client.ads;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ReconnectDelayTest {

    private static final Status BROKEN = Status.UNAVAILABLE.withDescription("io exception");

    private final ReconnectDelay delay = new ReconnectDelay();

    @Test
    void doublesUpToTheCap() {
        assertThat(delay.after(BROKEN, Duration.ZERO)).isEqualTo(Duration.ofMillis(10));
        assertThat(delay.after(BROKEN, Duration.ZERO)).isEqualTo(Duration.ofMillis(20));
        assertThat(delay.after(BROKEN, Duration.ZERO)).isEqualTo(Duration.ofMillis(40));
        for (int i = 0; i < 20; i++) {
            delay.after(BROKEN, Duration.ZERO);
        }
        assertThat(delay.after(BROKEN, Duration.ZERO)).isEqualTo(ReconnectDelay.CAP);
    }

    @Test
    void beginsAgainAfterAnOrdinaryEnd() {
        for (Status ordinary :
                new Status[] {
                    Status.OK,
                    Status.UNKNOWN,
                    Status.CANCELLED,
                    Status.DEADLINE_EXCEEDED,
                    Status.UNAVAILABLE.withDescription("transport is closing"),
                    Status.UNAVAILABLE.withDescription("received prior goaway: NO_ERROR")
                }) {
            delay.after(BROKEN, Duration.ZERO);
            delay.after(BROKEN, Duration.ZERO);
            assertThat(delay.after(ordinary, Duration.ZERO)).isEqualTo(ReconnectDelay.FIRST);
        }
    }

    @Test
    void beginsAgainAfterAStreamThatLived() {
        delay.after(BROKEN, Duration.ZERO);
        delay.after(BROKEN, Duration.ZERO);
        assertThat(delay.after(BROKEN, Duration.ofMinutes(1))).isEqualTo(ReconnectDelay.FIRST);
    }
}
