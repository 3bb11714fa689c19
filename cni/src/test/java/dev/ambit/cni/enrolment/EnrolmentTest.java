package dev.ambit.cni.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.cni.enrolment.Enrolment.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EnrolmentTest {

    private static final String MODE = "istio.io/dataplane-mode";
    private static final Map<String, String> AMBIENT = Map.of(MODE, "ambient");

    private final Enrolment enrolment =
            new Enrolment(Set.of("kube-system"), Selector.DEFAULT, false);

    private static PodFacts pod(Map<String, String> labels, Map<String, String> annotations) {
        return new PodFacts(
                new PodId("u1", "default", "a", "sa"),
                labels,
                annotations,
                false,
                false,
                Optional.empty());
    }

    @ParameterizedTest(name = "namespace {0}, pod {1}: {2}")
    @CsvSource({
        "ambient, '', true",
        "'', ambient, true",
        "ambient, none, false",
        "ambient, ambient, true",
        "none, ambient, true",
        "'', '', false",
        "none, '', false",
        "'', none, false",
    })
    void thePodsOwnLabelWinsOverItsNamespaces(String namespace, String own, boolean enrolled) {
        Map<String, String> labels = new HashMap<>();
        if (!own.isEmpty()) {
            labels.put(MODE, own);
        }
        Map<String, String> ns = namespace.isEmpty() ? Map.of() : Map.of(MODE, namespace);
        assertThat(enrolment.decide(pod(labels, Map.of()), ns) instanceof Verdict.Enrolled)
                .isEqualTo(enrolled);
    }

    @Test
    void leavesAloneWhatCannotOrMustNotBeCaptured() {
        PodId id = new PodId("u", "default", "a", "sa");
        PodId system = new PodId("u", "kube-system", "a", "sa");
        assertThat(
                        List.of(
                                reason(new PodFacts(id, AMBIENT, Map.of(), true, false, none())),
                                reason(new PodFacts(id, AMBIENT, Map.of(), false, true, none())),
                                reason(pod(AMBIENT, Map.of("sidecar.istio.io/status", "{}"))),
                                reason(
                                        new PodFacts(
                                                system, AMBIENT, Map.of(), false, false, none()))))
                .containsExactly(
                        "it uses the host's network",
                        "its containers have ended",
                        "it has a sidecar",
                        "its namespace is excluded");
    }

    private static Optional<java.nio.file.Path> none() {
        return Optional.empty();
    }

    private String reason(PodFacts pod) {
        return enrolment.decide(pod, AMBIENT) instanceof Verdict.Outside o
                ? o.reason()
                : "enrolled";
    }

    @Test
    void readsFromAnnotationsHowAPodIsCaptured() {
        Map<String, String> annotations =
                Map.of(
                        "ambient.istio.io/bypass-inbound-capture",
                        "true",
                        "ambient.istio.io/dns-capture",
                        "true",
                        "istio.io/reroute-virtual-interfaces",
                        "virbr0, tap+, bad name; rm -rf");
        assertThat(enrolment.decide(pod(AMBIENT, annotations), Map.of()))
                .isEqualTo(
                        new Verdict.Enrolled(new Capture(false, true, List.of("virbr0", "tap+"))));
        assertThat(enrolment.decide(pod(AMBIENT, Map.of()), Map.of()))
                .isEqualTo(new Verdict.Enrolled(new Capture(true, false, List.of())));
        Enrolment dns = new Enrolment(Set.of(), Selector.DEFAULT, true);
        assertThat(
                        dns.decide(
                                pod(AMBIENT, Map.of("ambient.istio.io/dns-capture", "false")),
                                Map.of()))
                .isEqualTo(new Verdict.Enrolled(new Capture(true, false, List.of())));
    }

    @Test
    void readsSelectorsAsTheUserWritesThem() {
        List<Selector> selectors =
                SelectorReader.read(
                        """
                        - podSelector:
                            matchLabels: {team: a}
                            matchExpressions:
                            - {key: tier, operator: NotIn, values: [db]}
                            - {key: mesh, operator: Exists}
                            - {key: legacy, operator: DoesNotExist}
                        - namespaceSelector:
                            matchExpressions:
                            - {key: env, operator: In, values: [prod, test]}
                        """);
        Enrolment custom = new Enrolment(Set.of(), selectors, false);
        assertThat(matches(custom, Map.of("team", "a", "mesh", ""), Map.of())).isTrue();
        assertThat(matches(custom, Map.of("team", "a"), Map.of())).isFalse();
        assertThat(matches(custom, Map.of("team", "a", "mesh", "", "tier", "db"), Map.of()))
                .isFalse();
        assertThat(matches(custom, Map.of("team", "a", "mesh", "", "legacy", "1"), Map.of()))
                .isFalse();
        assertThat(matches(custom, Map.of(), Map.of("env", "test"))).isTrue();
        assertThatThrownBy(() -> SelectorReader.read("a: b"))
                .hasMessage("selectors: {a=b} (expected: a list)");
        assertThatThrownBy(
                        () ->
                                SelectorReader.read(
                                        "[{podSelector: {matchExpressions: [{operator: Like}]}}]"))
                .hasMessage("operator: Like (expected: In, NotIn, Exists, DoesNotExist)");
    }

    private static boolean matches(Enrolment e, Map<String, String> pod, Map<String, String> ns) {
        return e.decide(pod(pod, Map.of()), ns) instanceof Verdict.Enrolled;
    }
}
