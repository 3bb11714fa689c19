package dev.ambit.hbone.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.runtime.linux.Splice;
import org.junit.jupiter.api.Test;

/** M38: what peers that do not read can make the kernel keep for them has a bound. */
final class PipesTest {

    private final Pipes pipes = new Pipes();
    private final Splice.Pipe pipe = new Splice.Pipe(-1, -1, Pipes.CAPACITY);

    @Test
    void aLoopWhosePipesHoldMuchGivesEachOnlyLittle() {
        assertThat(pipes.portion(pipe)).isEqualTo(Pipes.CAPACITY);
        int full = 0;
        while (pipes.portion(pipe) == Pipes.CAPACITY) {
            pipes.holds(Pipes.CAPACITY);
            full++;
        }
        assertThat((long) full * Pipes.CAPACITY).isEqualTo(Pipes.MOST_HELD);
        assertThat(pipes.portion(pipe)).isEqualTo(Pipes.SMALL);
        pipes.holds(-Pipes.CAPACITY);
        assertThat(pipes.portion(pipe)).isEqualTo(Pipes.CAPACITY);
    }

    @Test
    void aLoopTakesSoManyRelaysAndNoMore() {
        for (int i = 0; i < Pipes.MOST_RELAYS; i++) {
            assertThat(pipes.enter()).isTrue();
        }
        assertThat(pipes.enter()).isFalse();
        pipes.leave();
        assertThat(pipes.enter()).isTrue();
    }
}
