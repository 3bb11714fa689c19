package dev.ambit.policy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.policy.telemetry.AccessRules.Scope;
import dev.ambit.policy.telemetry.AccessRules.Stated;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessRulesTest {

    private static AccessFacts facts(boolean inbound, String flag) {
        return new AccessFacts(
                inbound,
                flag,
                new AccessFacts.Party("shop", "curl-1", "spiffe://td/ns/shop/sa/curl"),
                new AccessFacts.Party("bank", "web-1", "spiffe://td/ns/bank/sa/web"),
                "web.bank.svc.cluster.local",
                true,
                120,
                5000);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "connection.failed ; true",
                "!connection.failed ; false",
                "connection.failed == false ; false",
                "connection.direction == 'inbound' ; true",
                "connection.direction != \"inbound\" ; false",
                "connection.response_flags == 'DENY' ; true",
                "source.namespace == 'bank' || destination.namespace == 'bank' ; true",
                "source.namespace == 'bank' && connection.mtls ; false",
                "(source.namespace == 'bank' || true) && connection.duration_ms >= 120 ; true",
                "connection.bytes < 5000 ; false",
                "connection.bytes != 5000 || connection.duration_ms <= 119 ; false",
                "source.workload.startsWith('curl') && destination.service.endsWith('.local') ; true",
                "source.principal.contains('/sa/web') ; false",
                "!(connection.mtls) || false ; false",
            })
    void answersAsCelWould(String filter, boolean expected) {
        assertThat(AccessFilter.parse(filter).accepts(facts(true, "DENY"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "response.code >= 400",
                "connection.failed ==",
                "connection.bytes == 'x'",
                "connection.direction == inbound",
                "connection.bytes.startsWith('x')",
                "connection.failed connection.mtls",
                "(connection.failed",
                "connection.failed & true",
                "connection.failed; true",
            })
    void refusesWhatItCannotDecide(String filter) {
        assertThatThrownBy(() -> AccessFilter.parse(filter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void refusesWhatIsTooLongOrTooDeep() {
        assertThatThrownBy(() -> AccessFilter.parse(" ".repeat(5000)))
                .hasMessageContaining("at most 4096");
        assertThatThrownBy(() -> AccessFilter.parse("(".repeat(1000)))
                .hasMessageContaining("at most 32");
        assertThatThrownBy(() -> AccessFilter.parse("!".repeat(1000)))
                .hasMessageContaining("fewer negations");
    }

    @Test
    void samplesWhatEndedWellAndTellsEveryFailure() {
        AccessRule tenth = new AccessRule(true, true, null, .1);
        assertThat(tenth.accepts(facts(true, "-"), .05)).isTrue();
        assertThat(tenth.accepts(facts(true, "-"), .5)).isFalse();
        assertThat(tenth.accepts(facts(true, "DENY"), .5)).isTrue();
        AccessRule outboundOnly = new AccessRule(false, true, null, 1);
        assertThat(outboundOnly.accepts(facts(true, "DENY"), 0)).isFalse();
    }

    @Test
    void takesTheMostSpecificAloneAndOfEqualsTheOldest() {
        AccessRule none = new AccessRule(false, false, null, 1);
        AccessRule in = new AccessRule(true, false, null, 1);
        AccessRule out = new AccessRule(false, true, null, 1);
        AccessRules rules =
                AccessRules.of(
                        AccessRule.ALL,
                        List.of(
                                new Stated("istio-system/m", new Scope.Mesh(), none, 5),
                                new Stated("a/young", new Scope.Namespace("a"), none, 9),
                                new Stated("a/old", new Scope.Namespace("a"), in, 1),
                                new Stated("a/w", new Scope.Workloads(List.of("u")), out, 20)));
        assertThat(rules.all()).isFalse();
        assertThat(rules.of("u", "a")).isEqualTo(out);
        assertThat(rules.of("other", "a")).isEqualTo(in);
        assertThat(rules.of("other", "b")).isEqualTo(none);
        assertThat(AccessRules.of(AccessRule.ALL, List.of()).all()).isTrue();
    }
}
