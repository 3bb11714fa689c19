package dev.ambit.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TableTest {

    @Test
    void aRowHasMediansRatioGoalAndVerdict() {
        Results results = new Results(List.of("ambit", "upstream"));
        for (double v : new double[] {1.9, 1.7, 1.8}) {
            results.add("ambit", Map.of(Figure.CPU_PER_GIB_1, v));
        }
        results.add("upstream", Map.of(Figure.CPU_PER_GIB_1, 2.0));
        assertThat(Table.of(results))
                .isEqualTo(
                        """
                        | figure | ambit | upstream | ratio to upstream | goal | reached | rounds, least to most |
                        |---|---|---|---|---|---|---|
                        | CPU-s per GiB, 1 stream | 1.80 | 2.00 | 0.90 | ratio ≤ 0.95 | yes | 1.70 – 1.90 |
                        """);
    }

    @Test
    void withoutAPeerRatiosAreNotJudgedButFiguresAre() {
        Results results = new Results(List.of("ambit"));
        results.add("ambit", Map.of(Figure.CPU_PER_GIB_1, 1.0, Figure.IDLE_MIB, 81.0));
        assertThat(Table.of(results))
                .contains("| CPU-s per GiB, 1 stream | 1.00 | ratio ≤ 0.95 |  | 1.00 – 1.00 |\n")
                .contains("| MiB idle, each (PSS) | 81.0 | ≤ 80 | no | 81.0 – 81.0 |\n");
    }

    @Test
    void goalsAreNotMeantAgainstAnotherCommitOfOurs() {
        Results results = new Results(List.of("ambit", Table.BEFORE));
        results.add("ambit", Map.of(Figure.CPU_PER_GIB_1, 1.0));
        results.add(Table.BEFORE, Map.of(Figure.CPU_PER_GIB_1, 2.0));
        assertThat(Table.of(results)).contains("| 1.00 | 2.00 | 0.50 | ratio ≤ 0.95 |  | 1.00");
    }

    @Test
    void theMedianOfAnEvenNumberOfRoundsLiesBetweenTheTwoInTheMiddle() {
        Results results = new Results(List.of("ambit"));
        for (double v : new double[] {4, 1, 2, 100}) {
            results.add("ambit", Map.of(Figure.READY, v));
        }
        assertThat(results.median("ambit", Figure.READY)).isEqualTo(3);
    }
}
