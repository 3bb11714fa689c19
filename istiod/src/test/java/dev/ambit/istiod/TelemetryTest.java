package dev.ambit.istiod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.istiod.ambient.L4Telemetry;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.ObjectProblem;
import dev.ambit.istiod.resource.Reading;
import dev.ambit.istiod.resource.ResourceReader;
import dev.ambit.istiod.testing.MeshYaml;
import dev.ambit.policy.telemetry.AccessFilter;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.TraceRule;
import dev.ambit.runtime.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What node proxies are told of access logs. */
final class TelemetryTest {

    private final ManualTime time = new ManualTime();
    private final ControlPlane plane =
            new ControlPlane(
                    new MeshLoop(time.scheduler(), MeshLoop.Debounce.DEFAULT),
                    MeshSettings.DEFAULT,
                    (table, key, cause) -> {
                        throw new AssertionError(table + " " + key, cause);
                    },
                    () -> {});

    private static String telemetry(String namespace, String spec) {
        return """
               apiVersion: telemetry.istio.io/v1
               kind: Telemetry
               metadata:
                 name: t
                 namespace: %s
                 annotations: {ambit.dev/access-log-sampling: "0.25"}
               spec: %s
               ---
               """
                .formatted(namespace, spec);
    }

    private static String pod(String name, String app) {
        return """
               apiVersion: v1
               kind: Pod
               metadata: {name: %s, namespace: shop, labels: {app: %s}}
               spec: {nodeName: n1}
               status: {phase: Running, podIP: 10.0.0.1}
               ---
               """
                .formatted(name, app);
    }

    private void put(String yaml) {
        plane.changed(MeshYaml.objects(yaml), List.of());
        time.advance(Duration.ofMillis(200));
    }

    private @Nullable L4Telemetry of(String namespace) {
        return plane.ambient().telemetries().get(new ObjectName(namespace, "t"));
    }

    @Test
    void aRuleIsForTheMeshItsNamespaceOrTheWorkloadsItSelects() {
        String errors = "{accessLogging: [{filter: {expression: connection.failed}}]";
        AccessRule rule = new AccessRule(true, true, AccessFilter.parse("connection.failed"), .25);
        put(
                pod("a", "web")
                        + pod("b", "other")
                        + telemetry("istio-system", errors + "}")
                        + telemetry("plain", errors + "}")
                        + telemetry("shop", errors + ", selector: {matchLabels: {app: web}}}"));
        assertThat(of("istio-system")).isEqualTo(new L4Telemetry(true, null, rule, null, 0));
        assertThat(of("plain")).isEqualTo(new L4Telemetry(false, null, rule, null, 0));
        String cluster = MeshSettings.DEFAULT.clusterId();
        assertThat(of("shop"))
                .isEqualTo(
                        new L4Telemetry(false, List.of(cluster + "//Pod/shop/a"), rule, null, 0));

        put(pod("c", "web"));
        assertThat(of("shop"))
                .extracting(L4Telemetry::uids)
                .isEqualTo(List.of(cluster + "//Pod/shop/a", cluster + "//Pod/shop/c"));
        assertThat(plane.catalog().scopes()).anyMatch(s -> s.typeUrl().endsWith(".v1.Telemetry"));
    }

    @Test
    void aSideCanBeSwitchedOffAndMetricsAloneSayNothingOfLogs() {
        put(
                telemetry(
                                "a",
                                "{accessLogging: [{match: {mode: SERVER}}, {match: {mode: CLIENT}, disabled: true}]}")
                        + telemetry("b", "{accessLogging: [{disabled: true}]}")
                        + telemetry("c", "{metrics: [{providers: [{name: prometheus}]}]}"));
        assertThat(of("a"))
                .extracting(L4Telemetry::access)
                .isEqualTo(new AccessRule(true, false, null, .25));
        assertThat(of("b"))
                .extracting(L4Telemetry::access)
                .isEqualTo(new AccessRule(false, false, null, .25));
        assertThat(of("c")).isNull();
    }

    @Test
    void tracingIsTakenForItselfAndByDirection() {
        put(
                telemetry("a", "{tracing: [{randomSamplingPercentage: 12.5}]}")
                        + telemetry(
                                "b",
                                "{tracing: [{match: {mode: SERVER}, disableSpanReporting: true}, {providers: [{name: otel}]}], accessLogging: [{}]}"));
        assertThat(of("a"))
                .isEqualTo(new L4Telemetry(false, null, null, new TraceRule(true, true, .125), 0));
        assertThat(of("b"))
                .isEqualTo(
                        new L4Telemetry(
                                false,
                                null,
                                new AccessRule(true, true, null, .25),
                                new TraceRule(false, true, null),
                                0));
    }

    private static List<String> problems(String yaml) {
        return ResourceReader.read(MeshYaml.raw(yaml).getFirst()) instanceof Reading.Refused refused
                ? refused.problems().stream().map(ObjectProblem::message).toList()
                : List.of();
    }

    @Test
    void whatCannotBeDoneIsRefusedByName() {
        Map<String, String> wrong =
                Map.of(
                        "{accessLogging: [{filter: {expression: response.code >= 400}}]}",
                        "attribute response.code is not known of a connection",
                        "{targetRefs: [{kind: Gateway, name: w}]}",
                        "telemetry of single gateways",
                        "{metrics: [{overrides: [{disabled: true}]}]}",
                        "changes of metrics",
                        "{tracing: [{customTags: {a: {literal: {value: b}}}}]}",
                        "tags of connection spans",
                        "{tracing: [{randomSamplingPercentage: 101}]}",
                        "from 0 to 100");
        wrong.forEach(
                (spec, why) ->
                        assertThat(problems(telemetry("a", spec)))
                                .singleElement()
                                .asString()
                                .contains(why));
        assertThat(problems(telemetry("a", "{accessLogging: [{}]}").replace("0.25", "2")))
                .singleElement()
                .asString()
                .contains("from 0 to 1");
    }
}
