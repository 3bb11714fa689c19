package dev.ambit.istiod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.istiod.testing.MeshYaml;
import dev.ambit.istiod.xds.ResourceScope;
import dev.ambit.runtime.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What ends up in the catalog, for whom; time moves by hand. */
final class ControlPlaneTest {
    private static final String NAMESPACE =
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {istio.io/use-waypoint: waypoint}}
            ---
            """;
    private static final String GATEWAY =
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: waypoint, namespace: shop}
            spec:
              gatewayClassName: istio-waypoint
              listeners: [{name: mesh, port: 15008, protocol: HBONE}]
            status: {addresses: [{type: IPAddress, value: 10.96.0.9}]}
            ---
            """;
    private static final String SERVICE =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {clusterIP: 10.96.0.1, selector: {app: reviews}, ports: [{name: http, port: 80}]}
            ---
            """;
    private static final String ROUTE =
            """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: r, namespace: shop}
            spec:
              parentRefs: [{group: "", kind: Service, name: reviews, port: 80}]
              rules: [{backendRefs: [{name: reviews, port: 80}]}]
            ---
            """;
    private static final String POLICY =
            """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: p, namespace: shop}
            spec:
              targetRefs: [{group: "", kind: Service, name: reviews}]
              rules: [{to: [{operation: {methods: [GET]}}]}]
            ---
            """;

    private final ManualTime time = new ManualTime();
    private final List<String> synced = new ArrayList<>();
    private final ControlPlane plane =
            new ControlPlane(
                    new MeshLoop(time.scheduler(), MeshLoop.Debounce.DEFAULT),
                    MeshSettings.DEFAULT,
                    (table, key, cause) -> {
                        throw new AssertionError(table + " " + key, cause);
                    },
                    () -> synced.add("synced"));

    private void put(String yaml) {
        plane.changed(MeshYaml.objects(yaml), List.of());
        time.advance(Duration.ofMillis(200));
    }

    private void remove(String yaml) {
        plane.changed(List.of(), MeshYaml.objects(yaml));
        time.advance(Duration.ofMillis(200));
    }

    /** Number of resources by short type and audience. */
    private Map<String, Integer> catalog() {
        Map<String, Integer> sizes = new TreeMap<>();
        for (ResourceScope scope : plane.catalog().scopes()) {
            String type = scope.typeUrl().substring(scope.typeUrl().lastIndexOf('.') + 1);
            sizes.put(
                    scope.audience().isEmpty() ? type : type + " of " + scope.audience(),
                    plane.catalog().size(scope));
        }
        return sizes;
    }

    @Test
    void anEmptySourceIsInSyncToo() {
        plane.changed(List.of(), List.of());
        time.advance(Duration.ofMillis(200));
        assertThat(synced).containsExactly("synced");
        assertThat(catalog()).isEmpty();
    }

    @Test
    void aWaypointGetsWhatIsBoundToItAndLosesWhatIsNot() {
        put(NAMESPACE + GATEWAY + SERVICE + ROUTE + POLICY);
        Map<String, Integer> all =
                Map.of(
                        "Address", 1,
                        "Listener of shop/waypoint", 1,
                        "Service of shop/waypoint", 1,
                        "Route of shop/waypoint", 1,
                        "Policy of shop/waypoint", 1);
        assertThat(catalog()).isEqualTo(all);

        remove(ROUTE + POLICY);
        assertThat(catalog())
                .isEqualTo(
                        Map.of(
                                "Address", 1,
                                "Listener of shop/waypoint", 1,
                                "Service of shop/waypoint", 1));
        put(ROUTE + POLICY);
        assertThat(catalog()).isEqualTo(all);

        put(NAMESPACE.replace("use-waypoint: waypoint", "use-waypoint: none"));
        assertThat(catalog()).isEqualTo(Map.of("Address", 1, "Listener of shop/waypoint", 1));

        remove(GATEWAY + SERVICE);
        assertThat(catalog()).isEmpty();
    }

    @Test
    void nodesThatMayAskForAnIdentityAreThoseWhereItRuns() {
        String pod =
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: a, namespace: shop}
                spec: {nodeName: n1, serviceAccountName: reviews}
                status: {phase: %s}
                """;
        put(pod.formatted("Running"));
        assertThat(runs("n1", "reviews")).isTrue();
        assertThat(runs("n2", "reviews")).isFalse();
        assertThat(runs("n1", "other")).isFalse();
        put(pod.formatted("Failed"));
        assertThat(runs("n1", "reviews")).isFalse();
    }

    private boolean runs(String node, String account) {
        List<Boolean> answer = new ArrayList<>();
        plane.loop().execute(() -> answer.add(plane.runsOnNode(node, "shop", account)));
        time.advance(Duration.ZERO);
        return answer.getFirst();
    }
}
