package dev.ambit.ztunnel.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.telemetry.AccessFilter;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.AccessRules;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connections refused before their peers are known take the same way out as others. */
final class RefusalsTest {

    private static final InetSocketAddress ADDRESS = new InetSocketAddress("10.0.0.1", 1000);
    private static final Workload WEB =
            Workload.builder("c//Pod/ns/web", "web-1", SpiffeId.of("td", "ns", "web")).build();

    private final List<ConnectionSink.Report> told = new ArrayList<>();
    private final Reports reports =
            new Reports(AccessRule.ALL, told::add, new Reports.Sampling(0, true));
    private final ConnectionMetrics metrics =
            new ConnectionMetrics(MetricsRegistry.of("ztunnel", "1"), reports);

    private void refuse(Reporter reporter, @Nullable Workload local, ConnectionFailure failure) {
        metrics.refused(reporter, local, ADDRESS, ADDRESS, failure);
    }

    private void rule(AccessRule rule) {
        reports.follow(AccessRules.of(rule, List.of()));
    }

    @Test
    void areToldWithTheShortLine() {
        refuse(Reporter.SOURCE, WEB, ConnectionFailure.SELF_CALL);
        ConnectionSink.Report report = told.getFirst();
        assertThat(report.log()).isTrue();
        assertThat(report.failed()).isTrue();
        assertThat(report.message()).isEqualTo("connection failed");
        assertThat(report.fields())
                .containsExactly(
                        "src.addr",
                        ADDRESS,
                        "dst.addr",
                        ADDRESS,
                        "direction",
                        "outbound",
                        "error",
                        "attempted recursive call to ourselves");
    }

    @Test
    void areFilteredByWhatIsKnownOfThem() {
        rule(
                new AccessRule(
                        true,
                        true,
                        AccessFilter.parse(
                                "destination.namespace == 'ns' && connection.response_flags =="
                                        + " 'TLS_FAILURE'"),
                        1));
        refuse(Reporter.DESTINATION, WEB, ConnectionFailure.SELF_CALL);
        refuse(Reporter.SOURCE, WEB, ConnectionFailure.tls("x"));
        refuse(Reporter.DESTINATION, null, ConnectionFailure.tls("x"));
        assertThat(told).isEmpty();
        refuse(Reporter.DESTINATION, WEB, ConnectionFailure.tls("x"));
        assertThat(told).hasSize(1);
    }

    @Test
    void areSilentWhereTheirDirectionIsButNeverSampledAway() {
        rule(new AccessRule(false, true, null, 0));
        refuse(Reporter.DESTINATION, WEB, ConnectionFailure.SELF_CALL);
        assertThat(told).isEmpty();
        refuse(Reporter.SOURCE, WEB, ConnectionFailure.SELF_CALL);
        assertThat(told).hasSize(1);
    }

    @Test
    void aShortageIsCalledByItsName() {
        assertThat(
                        IoErrors.shortage(
                                new java.io.IOException("accept4(..) failed: Too many open files")))
                .isEqualTo("descriptors");
        assertThat(IoErrors.shortage(new java.io.IOException("Cannot allocate memory")))
                .isEqualTo("memory");
        assertThat(IoErrors.shortage(new java.io.IOException())).isEqualTo("other");
    }
}
