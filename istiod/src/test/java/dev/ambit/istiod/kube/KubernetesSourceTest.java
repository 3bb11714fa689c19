package dev.ambit.istiod.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.ObjectProblem;
import dev.ambit.istiod.resource.ResourceReader;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The source against an API server of ours, which fails when told to. */
@Timeout(120)
final class KubernetesSourceTest {
    private static final String NAMESPACE =
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {v: "%s"}}
            """;
    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: shop, uid: u}
            """;
    private static final String POLICY =
            """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: p, namespace: shop}
            spec: {action: %s}
            """;

    private final LinkedBlockingQueue<String> sunk = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<List<ObjectProblem>> refused = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> failed = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private FakeApiServer api;
    private KubernetesClient client;
    private KubernetesSource source;

    @BeforeEach
    void open() throws IOException {
        api = new FakeApiServer(0);
        connect(api.port());
    }

    @AfterEach
    void close() {
        source.close();
        client.close();
        api.close();
        threads.shutdownNow();
        timer.shutdownNow();
    }

    private void connect(int port) {
        Config config =
                new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://localhost:" + port)
                        .withWatchReconnectInterval(10)
                        .build();
        client = ApiServer.of(config, threads);
        source =
                new KubernetesSource(
                        client,
                        threads,
                        timer,
                        new KubernetesEvents() {
                            @Override
                            public void refused(List<ObjectProblem> problems) {
                                refused.add(problems);
                            }

                            @Override
                            public void watchFailed(String kind, String error) {
                                failed.add(kind + ": " + error);
                            }

                            @Override
                            public void synced(int objects) {}
                        });
    }

    private void start() {
        source.start((taken, gone) -> sunk.add("+" + names(taken) + " -" + names(gone)));
    }

    private static List<String> names(List<MeshObject> objects) {
        return objects.stream()
                .map(o -> o.getClass().getSimpleName() + " " + o.name())
                .sorted()
                .toList();
    }

    private String next() throws InterruptedException {
        return next(sunk);
    }

    private static <T> T next(LinkedBlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("something within a minute").isNotNull();
        return next;
    }

    /** What comes until a namespace does, which the test changes last. */
    private List<String> untilMarked(String mark) throws InterruptedException {
        api.apply(NAMESPACE.formatted(mark));
        List<String> all = new ArrayList<>();
        for (String next = next(); !next.equals("+[Namespace shop] -[]"); next = next()) {
            all.add(next);
        }
        return all;
    }

    private KindStatus status(String kind) {
        return source.kinds().stream().filter(k -> k.kind().equals(kind)).findFirst().orElseThrow();
    }

    @Test
    void everyKindTheReadersKnowIsLookedFor() {
        assertThat(ApiKind.ALL)
                .extracting(k -> k.group() + "/" + k.kind())
                .containsExactlyInAnyOrderElementsOf(ResourceReader.kinds());
    }

    @Test
    void everythingThereIsComesAtOnceAndThenWhatChanges() throws Exception {
        api.install("AuthorizationPolicy", "v1");
        api.apply(NAMESPACE.formatted("1") + "---\n" + POD.formatted("a"));
        api.apply(POLICY.formatted("DENY"));
        start();
        assertThat(next())
                .isEqualTo("+[AuthorizationPolicy shop/p, Namespace shop, Pod shop/a] -[]");

        api.apply(POD.formatted("b"));
        assertThat(next()).isEqualTo("+[Pod shop/b] -[]");
        api.delete(POD.formatted("a"));
        assertThat(next()).isEqualTo("+[] -[Pod shop/a]");
        api.apply(POLICY.formatted("ALLOW"));
        assertThat(next()).isEqualTo("+[AuthorizationPolicy shop/p] -[]");
    }

    @Test
    void nothingIsToldBeforeTheSlowestKindHasAnswered() throws Exception {
        api.apply(NAMESPACE.formatted("1") + "---\n" + POD.formatted("a"));
        api.hold("Pod");
        start();
        while (status("namespaces").objects() == 0) {
            Thread.onSpinWait();
        }
        assertThat(status("pods").synced()).isFalse();
        assertThat(sunk).isEmpty();
        api.release();
        assertThat(next()).isEqualTo("+[Namespace shop, Pod shop/a] -[]");
    }

    @Test
    void whatTheMeshDoesNotReadIsNoChange() throws Exception {
        api.apply(NAMESPACE.formatted("1") + "---\n" + POD.formatted("a"));
        start();
        next();
        String annotated =
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: a
                  namespace: shop
                  uid: u
                  annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}
                  managedFields: [{manager: kubelet, fieldsV1: {"f:status": {}}}]
                status: {startTime: "2026-01-02T03:04:05Z"}
                """;
        api.apply(annotated);
        assertThat(untilMarked("2")).isEmpty();
        api.apply(
                annotated.replace(
                        "kubectl.kubernetes.io/last-applied-configuration",
                        "ambient.istio.io/redirection"));
        assertThat(next()).isEqualTo("+[Pod shop/a] -[]");
    }

    @Test
    void aLostWatchIsTakenUpWhereItWas() throws Exception {
        api.apply(NAMESPACE.formatted("1") + "---\n" + POD.formatted("a"));
        start();
        next();
        api.dropWatches();
        api.apply(POD.formatted("b"));
        api.delete(POD.formatted("a"));
        assertThat(List.of(next(), next()))
                .containsExactly("+[Pod shop/b] -[]", "+[] -[Pod shop/a]");
        assertThat(api.requests().stream().filter("list api/v1/pods"::equals)).hasSize(1);
    }

    @Test
    void whatTheApiServerHasForgottenIsListedAgainAndOnlyTheDifferenceTold() throws Exception {
        api.apply(NAMESPACE.formatted("1"));
        api.apply(POD.formatted("a") + "---\n" + POD.formatted("b") + "---\n" + POD.formatted("c"));
        start();
        next();
        api.unwatched(
                () -> {
                    api.delete(POD.formatted("a"));
                    api.apply(POD.formatted("d"));
                    api.apply(POD.formatted("b").replace("uid: u", "uid: another"));
                });
        assertThat(List.of(next(), next(), next()))
                .containsExactlyInAnyOrder(
                        "+[] -[Pod shop/a]", "+[Pod shop/d] -[]", "+[Pod shop/b] -[]");
        assertThat(untilMarked("2")).isEmpty();
        assertThat(api.requests().stream().filter("list api/v1/pods"::equals))
                .hasSizeGreaterThan(1);
    }

    @Test
    void aKindThatIsNotInstalledIsReadOnceItIsAndGoesWithItsDefinition() throws Exception {
        start();
        assertThat(next()).isEqualTo("+[] -[]");
        assertThat(status("authorizationpolicies.security.istio.io").version()).isEmpty();

        api.install("AuthorizationPolicy", "v1beta1");
        api.apply(POLICY.formatted("DENY"));
        assertThat(next()).isEqualTo("+[AuthorizationPolicy shop/p] -[]");
        assertThat(status("authorizationpolicies.security.istio.io").version())
                .isEqualTo("v1beta1");

        api.uninstall("AuthorizationPolicy", "v1beta1");
        assertThat(next()).isEqualTo("+[] -[AuthorizationPolicy shop/p]");
    }

    @Test
    void anApiServerThatIsNotThereYetIsWaitedFor() throws Exception {
        int port = api.port();
        api.close();
        start();
        assertThat(next(failed)).contains("no connection");
        assertThat(sunk).isEmpty();
        api = new FakeApiServer(port);
        api.apply(NAMESPACE.formatted("1"));
        String first = next();
        assertThat(first.equals("+[] -[]") ? next() : first).isEqualTo("+[Namespace shop] -[]");
    }

    @Test
    void anObjectThatCannotBeTakenIsRefusedAloneAndItsLastGoodVersionStays() throws Exception {
        api.install("AuthorizationPolicy", "v1");
        api.apply(POLICY.formatted("DENY") + "---\n" + NAMESPACE.formatted("1"));
        start();
        next();
        api.apply(POLICY.formatted("MAYBE"));
        assertThat(next(refused))
                .extracting(ObjectProblem::message)
                .containsExactly(
                        "AMB1410 AuthorizationPolicy shop/p is not taken where: API server,"
                                + " authorizationpolicies.security.istio.io spec.action why:"
                                + " \"MAYBE\" (expected: one of ALLOW, AUDIT, CUSTOM, DENY) do:"
                                + " correct the value");
        assertThat(untilMarked("2")).isEmpty();
        assertThat(source.size()).isEqualTo(2);
        api.apply(POLICY.formatted("ALLOW"));
        assertThat(next()).isEqualTo("+[AuthorizationPolicy shop/p] -[]");
        assertThat(next(refused)).isEmpty();
    }

    @Test
    void longListsComeByPages() throws Exception {
        IntStream.range(0, 1_200).forEach(i -> api.apply(POD.formatted("p" + i)));
        start();
        assertThat(next()).contains("Pod shop/p0,").contains("Pod shop/p1199,");
        assertThat(source.size()).isEqualTo(1_200);
        assertThat(api.requests().stream().filter("list api/v1/pods"::equals)).hasSize(3);
    }
}
