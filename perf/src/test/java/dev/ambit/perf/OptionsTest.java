package dev.ambit.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.perf.bed.Contender;
import dev.ambit.perf.report.Group;
import dev.ambit.perf.scene.Plan;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OptionsTest {

    private static final Contender OURS = new Contender("ambit", List.of("java"));

    @Test
    void whatIsNotSaidIsTheWholeTableOfFiveRounds() {
        assertThat(Options.parse(List.of(), OURS, List.of()))
                .isEqualTo(
                        new Options(5, new Plan(Set.of(Group.values()), 6, 5_000), List.of(OURS)));
    }

    @Test
    void aPeerIsNamedWithItsCommand() {
        assertThat(
                        Options.parse(
                                List.of("--rounds=2", "--secs=3", "--only=rate,hold", "peer=a b"),
                                OURS,
                                List.of()))
                .isEqualTo(
                        new Options(
                                2,
                                new Plan(Set.of(Group.RATE, Group.HOLD), 3, 5_000),
                                List.of(OURS, new Contender("peer", List.of("a", "b")))));
    }

    @Test
    void whatCannotBeReadIsNamedWithWhatIsExpected() {
        assertThatThrownBy(() -> Options.parse(List.of("--only=speed"), OURS, List.of()))
                .hasMessageStartingWith("--only: speed (expected: some of idle,throughput,");
        assertThatThrownBy(() -> Options.parse(List.of("--rounds=no"), OURS, List.of()))
                .hasMessage("--rounds: no (expected: a whole number from 1)");
        assertThatThrownBy(() -> Options.parse(List.of("--fast"), OURS, List.of()))
                .hasMessageStartingWith("--fast (expected: --rounds=");
    }
}
