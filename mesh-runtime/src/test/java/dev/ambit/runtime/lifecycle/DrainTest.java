package dev.ambit.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.runtime.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DrainTest {

    private final ManualTime time = new ManualTime();
    private final Drain drain = new Drain(Duration.ofSeconds(5), time.clock());

    @Test
    void finishesWhenTheLastHolderLetsGo() {
        Drain.Token a = drain.hold("inbound");
        Drain.Token b = drain.hold("inbound");
        drain.start();
        assertThat(drain.deadline()).isEqualTo(time.now().plusSeconds(5));
        assertThat(drain.holders()).containsExactly("inbound x2");
        a.close();
        a.close();
        assertThat(drain.finished()).isNotDone();
        b.close();
        assertThat(drain.finished()).isDone();
    }

    @Test
    void doesNotFinishBeforeItStarted() {
        drain.hold("x").close();
        assertThat(drain.finished()).isNotDone();
        assertThat(drain.started()).isFalse();
        assertThat(drain.deadline()).isEqualTo(Instant.MAX);
        drain.start();
        assertThat(drain.finished()).isDone();
    }

    @Test
    void tellsEachOnceInOrderAndLatecomersAtOnce() {
        List<String> told = new ArrayList<>();
        drain.onStart(() -> told.add("a"));
        drain.onStart(
                () -> {
                    throw new IllegalStateException("must not keep the others from being told");
                });
        drain.onStart(() -> told.add("b"));
        drain.start();
        drain.start();
        drain.onStart(() -> told.add("late"));
        assertThat(told).containsExactly("a", "b", "late");
    }
}
