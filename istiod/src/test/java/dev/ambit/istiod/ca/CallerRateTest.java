package dev.ambit.istiod.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.runtime.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CallerRateTest {

    private final ManualTime time = new ManualTime();
    private final CallerRate rate = new CallerRate(time.clock());
    private final Caller node = new Caller.Node("a");

    @Test
    void oneCallerThatStormsIsHeldBackAndOthersAreNot() {
        for (int i = 0; i < CallerRate.BURST; i++) {
            assertThat(rate.allows(node)).isTrue();
        }
        assertThat(rate.allows(node)).isFalse();
        assertThat(rate.allows(new Caller.Node("b"))).isTrue();

        time.advance(Duration.ofSeconds(1));
        for (int i = 0; i < CallerRate.PER_SECOND; i++) {
            assertThat(rate.allows(node)).isTrue();
        }
        assertThat(rate.allows(node)).isFalse();
    }
}
