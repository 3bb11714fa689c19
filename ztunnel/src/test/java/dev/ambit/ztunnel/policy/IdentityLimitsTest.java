package dev.ambit.ztunnel.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.ztunnel.policy.IdentityLimits.Admission;
import dev.ambit.ztunnel.telemetry.ResponseFlag;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class IdentityLimitsTest {

    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "test");
    private final AtomicLong clock = new AtomicLong(-5);

    private IdentityLimits limits(int connections, int rate) {
        return limits(connections, rate, 100);
    }

    private IdentityLimits limits(int connections, int rate, int identities) {
        return Objects.requireNonNull(
                IdentityLimits.of(
                        new IdentityLimits.Rules(
                                connections, rate, IdentityLimits.counter(registry)),
                        clock::get,
                        identities));
    }

    private static SpiffeId id(int n) {
        return SpiffeId.of("cluster.local", "ns", "sa" + n);
    }

    private static IdentityLimits.Lease admitted(Admission admission) {
        assertThat(admission).isInstanceOf(Admission.Admitted.class);
        return ((Admission.Admitted) admission).lease();
    }

    private static String refused(Admission admission) {
        assertThat(admission).isInstanceOf(Admission.Refused.class);
        var failure = ((Admission.Refused) admission).failure();
        assertThat(failure.flag()).isEqualTo(ResponseFlag.IDENTITY_LIMIT);
        return failure.text();
    }

    @Test
    void isNotThereWhenOff() {
        assertThat(IdentityLimits.of(IdentityLimits.Rules.OFF)).isNull();
    }

    @Test
    void holdsAnIdentityToItsConnectionsAndNoOther() {
        IdentityLimits limits = limits(2, 0);
        IdentityLimits.Lease first = admitted(limits.admit(id(1)));
        admitted(limits.admit(id(1)));
        assertThat(refused(limits.admit(id(1))))
                .isEqualTo(
                        "AMB1222 too many connections of identity spiffe://cluster.local/ns/ns/sa/sa1:"
                                + " AMBIT_MAX_CONNECTIONS_PER_IDENTITY is 2");
        admitted(limits.admit(id(2)));
        first.end();
        admitted(limits.admit(id(1)));
        refused(limits.admit(id(1)));
        assertThat(new String(registry.scrape(null).body(), StandardCharsets.UTF_8))
                .contains("ambit_identity_limit_refusals_total{limit=\"connections\"} 2");
    }

    @Test
    void holdsAnIdentityToItsRate() {
        IdentityLimits limits = limits(0, 10);
        for (int i = 0; i < 10; i++) {
            admitted(limits.admit(id(1))).end();
        }
        assertThat(refused(limits.admit(id(1)))).contains("RATE_PER_IDENTITY is 10");
        admitted(limits.admit(id(2)));
        clock.addAndGet(100_000_000);
        admitted(limits.admit(id(1)));
        refused(limits.admit(id(1)));
        clock.addAndGet(1_000_000_000);
        for (int i = 0; i < 10; i++) {
            admitted(limits.admit(id(1)));
        }
        refused(limits.admit(id(1)));
    }

    @Test
    void keepsNoCountOfIdentitiesThatAreGone() {
        IdentityLimits limits = limits(1, 0, 3);
        for (int i = 0; i < 100; i++) {
            admitted(limits.admit(id(i))).end();
        }
        assertThat(limits.identities()).isZero();
    }

    @Test
    void refusesFurtherIdentitiesWhenTheTableIsFullAndMakesRoomWhenItCan() {
        IdentityLimits limits = limits(0, 10, 3);
        List<IdentityLimits.Lease> leases = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            leases.add(admitted(limits.admit(id(i))));
        }
        clock.addAndGet(1_000_000_000);
        assertThat(refused(limits.admit(id(3)))).startsWith("AMB1221 too many source identities");
        admitted(limits.admit(id(0)));
        leases.get(1).end();
        clock.addAndGet(1_000_000_000);
        admitted(limits.admit(id(3)));
        assertThat(limits.identities()).isEqualTo(3);
    }
}
