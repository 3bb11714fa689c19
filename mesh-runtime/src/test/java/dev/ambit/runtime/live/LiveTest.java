package dev.ambit.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class LiveTest {

    private final Live<Integer> live = new Live<>(1);
    private final List<Integer> seen = new ArrayList<>();

    @Test
    void tellsTheCurrentValueAtOnceAndThenEachLaterOne() {
        live.onChange(seen::add);
        live.set(2);
        live.set(3);
        assertThat(seen).containsExactly(1, 2, 3);
        assertThat(live.current()).isEqualTo(3);
    }

    @Test
    void tellsNothingAfterTheSubscriptionIsClosed() {
        Live.Subscription subscription = live.onChange(seen::add);
        subscription.close();
        subscription.close();
        live.set(2);
        assertThat(seen).containsExactly(1);
        assertThat(live.listenerCount()).isZero();
    }

    @Test
    void deliversAValueSetByAListenerAfterTheRunningOne() {
        List<String> order = new ArrayList<>();
        live.onChange(
                v -> {
                    order.add("first " + v);
                    if (v == 2) {
                        live.set(3);
                    }
                });
        live.onChange(v -> order.add("second " + v));
        order.clear();
        live.set(2);
        assertThat(order).containsExactly("first 2", "second 2", "first 3", "second 3");
    }

    @Test
    void tellsTheOthersWhenOneListenerThrows() {
        live.onChange(
                v -> {
                    if (v == 2) {
                        throw new IllegalStateException("broken listener");
                    }
                });
        live.onChange(seen::add);
        assertThatThrownBy(() -> live.set(2)).hasMessage("broken listener");
        assertThat(seen).containsExactly(1, 2);
    }

    /** Goal: two setters race; every listener ends at the same latest value, never concurrently. */
    @Test
    void endsEveryListenerAtTheLatestValueWhenSettersRace() throws Exception {
        CountDownLatch done = new CountDownLatch(2);
        live.onChange(seen::add);
        for (int i = 0; i < 2; i++) {
            int base = (i + 1) * 10_000;
            Thread.ofPlatform()
                    .start(
                            () -> {
                                for (int n = 0; n < 1000; n++) {
                                    live.set(base + n);
                                }
                                done.countDown();
                            });
        }
        done.await();
        assertThat(seen.getLast()).isEqualTo(live.current());
        assertThat(seen).hasSize(2001);
    }
}
