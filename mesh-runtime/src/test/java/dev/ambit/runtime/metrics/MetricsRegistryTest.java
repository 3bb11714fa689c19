package dev.ambit.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class MetricsRegistryTest {

    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "1.2.3");

    private String scrape() {
        return new String(registry.scrape(null).body(), StandardCharsets.UTF_8);
    }

    @Test
    void printsCountersWithTheirSuffixAndBareOnesWithout() {
        CounterVec opened =
                registry.register(CounterVec.total("istio_tcp_connections_opened", "Opened"));
        CounterVec pushes = registry.register(CounterVec.bare("pilot_xds_pushes", "Pushes"));
        opened.cell(LabelSet.of("reporter", "source")).add(3);
        pushes.cell(LabelSet.of("type", "eds")).increment();
        assertThat(scrape())
                .contains("# TYPE istio_tcp_connections_opened counter\n")
                .contains("istio_tcp_connections_opened_total{reporter=\"source\"} 3")
                .contains("pilot_xds_pushes{type=\"eds\"} 1")
                .doesNotContain("pilot_xds_pushes_total");
    }

    @Test
    void letsSeriesOfOneFamilyDifferInTheirLabels() {
        CounterVec family = registry.register(CounterVec.total("a", "A"));
        family.cell(LabelSet.of("x", "1")).increment();
        family.cell(LabelSet.of("x", "1", "source_region", "eu")).increment();
        assertThat(scrape())
                .contains("a_total{x=\"1\"} 1")
                .contains("a_total{source_region=\"eu\",x=\"1\"} 1");
    }

    @Test
    void givesTheSameCellForTheSameLabels() {
        CounterVec family = CounterVec.total("a", "A");
        assertThat(family.cell(LabelSet.of("x", "1"))).isSameAs(family.cell(LabelSet.of("x", "1")));
    }

    @Test
    void printsGaugesAndHistograms() {
        GaugeVec open = registry.register(GaugeVec.named("open", "Open"));
        open.cell().add(2);
        open.cell().decrement();
        registry.register(GaugeVec.named("read", "Read").read(LabelSet.NONE, () -> 42));
        HistogramVec time = registry.register(HistogramVec.named("t_seconds", "T", .001, 1));
        time.cell().observe(.5);
        time.cell().observe(7);
        assertThat(scrape())
                .contains("open 1.0\n")
                .contains("read 42.0\n")
                .contains("t_seconds_bucket{le=\"0.001\"} 0\n")
                .contains("t_seconds_bucket{le=\"1.0\"} 1\n")
                .contains("t_seconds_bucket{le=\"+Inf\"} 2\n")
                .contains("t_seconds_count 2\n");
    }

    @Test
    void showsBuildProcessJvmAndMicrometerTogether() {
        registry.meters().counter("library.calls").increment();
        assertThat(scrape())
                .contains("istio_build{component=\"ztunnel\",tag=\"1.2.3\"} 1.0\n")
                .contains("process_open_fds ")
                .contains("process_max_fds ")
                .contains("process_resident_memory_bytes ")
                .contains("jvm_memory_used_bytes{")
                .contains("jvm_gc_collection_seconds_count{")
                .contains("library_calls_total 1.0\n")
                .endsWith("# EOF\n");
    }

    @Test
    void namesOpenMetricsOnlyToWhoAsksForIt() {
        assertThat(registry.scrape("application/openmetrics-text;version=1.0.0").contentType())
                .isEqualTo("application/openmetrics-text;charset=utf-8;version=1.0.0");
        assertThat(registry.scrape("*/*").contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(registry.scrape(null).contentType()).isEqualTo("text/plain; charset=utf-8");
    }

    @Test
    void refusesTwoFamiliesOfOneName() {
        registry.register(CounterVec.total("a", "A"));
        assertThatThrownBy(() -> registry.register(GaugeVec.named("a", "A")))
                .hasMessageContaining("registered twice");
    }

    @Test
    void countsSeriesBeyondTheLimitIntoOneHiddenCell() {
        Series<Object> series = new Series<>(Object::new, 2);
        long before = Series.REFUSED.sum();
        series.cell(LabelSet.of("n", "1"));
        series.cell(LabelSet.of("n", "2"));
        Object third = series.cell(LabelSet.of("n", "3"));
        assertThat(series.cell(LabelSet.of("n", "4"))).isSameAs(third);
        assertThat(series.size()).isEqualTo(2);
        assertThat(Series.REFUSED.sum() - before).isEqualTo(2);
    }

    @Test
    void keepsOtherMetricsWhenOneSourceFails() {
        registry.register(
                GaugeVec.named("broken", "B")
                        .read(
                                LabelSet.NONE,
                                () -> {
                                    throw new IllegalStateException("no");
                                }));
        assertThat(scrape()).contains("broken NaN\n").contains("istio_build");
    }
}
