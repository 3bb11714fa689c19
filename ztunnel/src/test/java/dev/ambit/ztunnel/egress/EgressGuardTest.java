package dev.ambit.ztunnel.egress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EgressGuardTest {

    private static final IpAddress OUTSIDE = IpAddress.parse("198.51.100.7");

    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "test");
    private final EgressMetrics metrics = new EgressMetrics(registry);

    private EgressGuard guard(String... hosts) {
        return EgressGuard.of(
                "ns",
                new EgressConfig(
                        true, Set.of(), List.of(hosts), List.of(Cidr.parse("192.0.2.0/24"))),
                metrics);
    }

    @Test
    void anybodyMayGoAnywhereUnlessItIsRestricted() {
        EgressConfig others = new EgressConfig(false, Set.of("strict"), List.of(), List.of());

        assertThat(EgressGuard.of("ns", others, metrics)).isSameAs(EgressGuard.OPEN);
        assertThat(EgressGuard.OPEN.refusal(OUTSIDE)).isNull();
        assertThat(EgressGuard.of("strict", others, metrics).refusal(OUTSIDE)).isNotNull();
    }

    @Test
    void blocksAndLoopbackAreOpen() {
        EgressGuard guard = guard();

        assertThat(guard.refusal(IpAddress.parse("192.0.2.9"))).isNull();
        assertThat(guard.refusal(IpAddress.parse("127.0.0.1"))).isNull();
        assertThat(guard.refusal(IpAddress.parse("::1"))).isNull();
        assertThat(guard.refusal(OUTSIDE)).contains("198.51.100.7").contains("REGISTRY_ONLY");
        assertThat(text())
                .contains("ambit_egress_refused_total{source_workload_namespace=\"ns\"} 1");
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com,api.example.com,true",
        "*.example.com,api.example.com,true",
        "*.example.com,a.b.example.com,true",
        "*.example.com,example.com,false",
        "*.example.com,badexample.com,false",
        "api.example.com,www.example.com,false",
        "API.Example.com,api.example.com,true",
        "*,anything.org,true"
    })
    void anAnswerForAnAllowedNameOpensItsAddresses(String allowed, String asked, boolean open) {
        EgressGuard guard = guard(allowed);

        guard.answered(asked, false, List.of(OUTSIDE), 1);

        assertThat(guard.refusal(OUTSIDE) == null).isEqualTo(open);
    }

    @Test
    void aRegisteredNameNeedsNoList() {
        EgressGuard guard = guard();

        guard.answered("entry.example", true, List.of(OUTSIDE), 1);

        assertThat(guard.refusal(OUTSIDE)).isNull();
    }

    @Test
    void moreAddressesThanThereIsRoomForPushOutOthersAndAreCounted() {
        EgressGuard guard = guard("*");
        for (int i = 0; i < 5000; i++) {
            IpAddress address = IpAddress.parse("203.0." + i / 250 + "." + i % 250);
            guard.answered("h.example", false, List.of(address), 60);
            assertThat(guard.refusal(address)).isNull();
        }

        assertThat(text()).contains("ambit_egress_names_forgotten_total 904");
    }

    private String text() {
        return new String(registry.scrape(null).body(), StandardCharsets.UTF_8);
    }
}
