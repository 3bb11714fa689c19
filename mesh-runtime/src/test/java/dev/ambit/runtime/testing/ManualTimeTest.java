package dev.ambit.runtime.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ManualTimeTest {

    private final ManualTime time = new ManualTime();
    private final ScheduledExecutorService scheduler = time.scheduler();
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsWhatIsDueInOrderOfItsTime() {
        scheduler.schedule(() -> ran.add("late"), 2, TimeUnit.SECONDS);
        scheduler.schedule(() -> ran.add("soon"), 1, TimeUnit.SECONDS);
        scheduler.execute(() -> ran.add("now"));
        time.advance(Duration.ofSeconds(1));
        assertThat(ran).containsExactly("now", "soon");
        time.advance(Duration.ofSeconds(1));
        assertThat(ran).containsExactly("now", "soon", "late");
        assertThat(time.pending()).isZero();
    }

    @Test
    void repeatsUntilCancelled() {
        ScheduledFuture<?> tick =
                scheduler.scheduleAtFixedRate(() -> ran.add("tick"), 1, 1, TimeUnit.SECONDS);
        time.advance(Duration.ofSeconds(3));
        tick.cancel(false);
        time.advance(Duration.ofSeconds(3));
        assertThat(ran).hasSize(3);
        assertThat(time.pending()).isZero();
    }
}
