package dev.ambit.istiod.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.runtime.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MeshLoopTest {
    private final ManualTime time = new ManualTime();
    private final List<String> waves = new ArrayList<>();
    private final MeshLoop loop =
            new MeshLoop(
                    time.scheduler(),
                    new MeshLoop.Debounce(Duration.ofMillis(10), Duration.ofMillis(50)));

    MeshLoopTest() {
        loop.onWave(() -> waves.add("wave"));
    }

    private void change() {
        loop.execute(loop::changed);
        time.advance(Duration.ZERO);
    }

    @Test
    void runsAWaveWhenItHasBeenQuiet() {
        change();
        time.advance(Duration.ofMillis(9));
        assertThat(waves).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(waves).hasSize(1);
        assertThat(time.pending()).isZero();
    }

    @Test
    void changesCloseTogetherAreOneWave() {
        change();
        time.advance(Duration.ofMillis(5));
        change();
        time.advance(Duration.ofMillis(5));
        assertThat(waves).isEmpty();
        time.advance(Duration.ofMillis(10));
        assertThat(waves).hasSize(1);
    }

    @Test
    void aStreamOfChangesDoesNotHoldUpTheWaveForEver() {
        for (int i = 0; i < 20; i++) {
            change();
            time.advance(Duration.ofMillis(5));
        }
        assertThat(waves).hasSize(2);
    }

    @Test
    void confinedMethodsRefuseOtherThreads() {
        assertThatThrownBy(loop::changed).isInstanceOf(IllegalStateException.class);
    }
}
