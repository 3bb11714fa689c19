package dev.ambit.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ScheduleTest {

    private final Schedule schedule = new Schedule(1_000, 5_000, 100);

    @Test
    void theFirstIsDueAtTheStartAndTheOthersAtEqualDistances() {
        assertThat(schedule.dueNanos(0)).isEqualTo(1_000);
        assertThat(schedule.dueNanos(7)).isEqualTo(1_000 + 7 * 200_000);
    }

    @Test
    void whatIsDueDoesNotDependOnWhatWasSent() {
        assertThat(schedule.dueBy(999)).isZero();
        assertThat(schedule.dueBy(1_000)).isEqualTo(1);
        assertThat(schedule.dueBy(1_000 + 199_999)).isEqualTo(1);
        assertThat(schedule.dueBy(1_000 + 200_000)).isEqualTo(2);
    }

    @Test
    void noMoreAreDueThanThereAre() {
        assertThat(schedule.dueBy(Long.MAX_VALUE / 1_000_000)).isEqualTo(100);
    }

    @Test
    void aRateBelowOneIsRefusedByName() {
        assertThatThrownBy(() -> new Schedule(0, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rate: 0 (expected: at least 1)");
    }
}
