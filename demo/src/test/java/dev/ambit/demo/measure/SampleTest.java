package dev.ambit.demo.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class SampleTest {

    private static final Sample SAMPLE =
            Sample.parse(
                    """
                    1000 5000 200 v1 -
                    1020 9000 200 v2 -
                    1040 7000 200 v2 ratings=503
                    1060 10000000 timeout - -
                    """);

    @Test
    void sharesAreOfAllRequests() {
        assertThat(SAMPLE.share("v2")).isEqualTo("50.0 %");
        assertThat(SAMPLE.share("v3")).isEqualTo("0.0 %");
    }

    @Test
    void aPageThatMissesSomethingHasFailed() {
        assertThat(SAMPLE.failed()).isEqualTo(2);
        assertThat(SAMPLE.failures()).isEqualTo(Map.of("ratings=503", 1, "timeout", 1));
    }

    @Test
    void quantilesTakeTheNearestRank() {
        assertThat(SAMPLE.quantile(0.5)).isEqualTo("7.0 ms");
        assertThat(SAMPLE.quantile(0.99)).isEqualTo("10000.0 ms");
    }

    @Test
    void theLastThatFitsIsFoundByWhenItWasSent() {
        assertThat(SAMPLE.lastSent(r -> r.reviews().equals("v2"))).hasValue(1040);
        assertThat(SAMPLE.lastSent(r -> r.reviews().equals("v3"))).isEmpty();
        assertThat(SAMPLE.after(1040).size()).isEqualTo(1);
    }

    @Test
    void nothingMeasuredIsNotZeroPercent() {
        Sample none = Sample.parse("");
        assertThat(none.share("v1")).isEqualTo("-");
        assertThat(none.quantile(0.5)).isEqualTo("-");
    }
}
