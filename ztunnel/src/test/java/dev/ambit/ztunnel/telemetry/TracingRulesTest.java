package dev.ambit.ztunnel.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.AccessRules;
import dev.ambit.policy.telemetry.TraceRule;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Telemetry's tracing section does to spans of connections. */
final class TracingRulesTest {

    private static final InetSocketAddress ADDRESS = new InetSocketAddress("10.0.0.1", 1000);
    private static final Workload CURL =
            Workload.builder("c//Pod/ns/curl", "curl-1", SpiffeId.of("td", "ns", "curl")).build();
    private static final Workload WEB =
            Workload.builder("c//Pod/bank/web", "web-1", SpiffeId.of("td", "bank", "web")).build();

    private final List<ConnectionSink.Report> told = new ArrayList<>();
    private final Reports reports =
            new Reports(AccessRule.ALL, told::add, new Reports.Sampling(1, true));
    private final ConnectionMetrics metrics =
            new ConnectionMetrics(MetricsRegistry.of("ztunnel", "1"), reports);

    private void state(AccessRules.Scope scope, TraceRule rule) {
        reports.follow(
                AccessRules.of(
                        AccessRule.ALL,
                        List.of(new AccessRules.Stated("ns/t", scope, null, rule, 0))));
    }

    private ConnectionRecord open(Reporter reporter) {
        return ConnectionRecord.open(
                metrics,
                new Peers(
                        reporter,
                        CURL,
                        new Peers.Claim(CURL.identity(), Baggage.NONE),
                        WEB,
                        null,
                        true),
                new ConnectionRecord.Addressing(ADDRESS, ADDRESS, null),
                System.nanoTime());
    }

    private boolean spanOf(ConnectionRecord record) {
        told.clear();
        record.finish(null);
        assertThat(told).as("the line goes its own way").hasSize(1);
        assertThat(told.getFirst().log()).isTrue();
        return told.getFirst().trace().sampled();
    }

    @Test
    void thePercentageOfTheWorkloadDecidesWhichTracesBegin() {
        assertThat(open(Reporter.SOURCE).traceparent()).endsWith("-01");
        state(new AccessRules.Scope.Namespace("ns"), new TraceRule(true, true, 0.0));
        ConnectionRecord client = open(Reporter.SOURCE);
        assertThat(client.traceparent()).endsWith("-00");
        assertThat(spanOf(client)).isFalse();
        assertThat(open(Reporter.DESTINATION).traceparent())
                .as("of a workload the rule is not about")
                .endsWith("-01");
    }

    @Test
    void aSideWithoutReportingPassesTheTraceOnAndIsSilent() {
        state(
                new AccessRules.Scope.Workloads(List.of(CURL.uid())),
                new TraceRule(true, false, null));
        ConnectionRecord client = open(Reporter.SOURCE);
        assertThat(client.traceparent()).endsWith("-01");
        assertThat(spanOf(client)).isFalse();
        assertThat(spanOf(open(Reporter.DESTINATION))).isTrue();
    }

    @Test
    void aRefusalKeepsToTheRuleToo() {
        state(new AccessRules.Scope.Mesh(), new TraceRule(false, true, 1.0));
        metrics.refused(Reporter.DESTINATION, WEB, ADDRESS, ADDRESS, ConnectionFailure.SELF_CALL);
        metrics.refused(Reporter.SOURCE, CURL, ADDRESS, ADDRESS, ConnectionFailure.SELF_CALL);
        assertThat(told).extracting(r -> r.trace().sampled()).containsExactly(false, true);
    }
}
