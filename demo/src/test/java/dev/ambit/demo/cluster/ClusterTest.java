package dev.ambit.demo.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.demo.bed.NeedsRoot;
import dev.ambit.demo.manifest.ManifestDirectory;
import dev.ambit.demo.manifest.ObjectKey;
import dev.ambit.demo.manifest.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cluster without a mesh; its pods run {@code sleep}. */
final class ClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String WEB =
            """
            kind: Deployment
            metadata: {name: web, namespace: shop}
            spec:
              replicas: REPLICAS
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers: [{name: web, command: [sleep, "SLEEP"], ports: [{containerPort: 80}]}]
            ---
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {selector: {app: web}, ports: [{port: 80}]}
            """;

    @TempDir Path directory;
    private Cluster cluster;

    @BeforeEach
    void start() throws IOException {
        NeedsRoot.orSkip();
        Files.createDirectories(manifests());
        cluster =
                Cluster.create(
                        new Cluster.Plan(
                                "ct-cluster",
                                manifests(),
                                new RuntimeDirectory(directory.resolve("run")),
                                new Programs(Path.of("/nowhere"), Path.of("/nowhere/java")),
                                false),
                        news -> {});
    }

    @AfterEach
    void close() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void podsFollowTheManifestsAndTheRuntimeDirectoryTellsOfThem() throws IOException {
        apply(2, 1000);
        until(() -> ready() == 2);

        Tree pod = overlay("Pod");
        assertThat(pod.at("status", "podIP").text("")).startsWith("10.244.");
        assertThat(pod.at("spec", "nodeName").text("")).startsWith("node");
        assertThat(Path.of(pod.at("metadata", "annotations", "ambit.dev/netns").text(""))).exists();
        assertThat(overlay("Service").at("spec", "clusterIP").text("")).startsWith("10.96.");

        apply(1, 1000);
        until(() -> cluster.readiness().size() == 1);
        assertThat(cluster.bed().pods()).hasSize(1);
    }

    @Test
    void aNewTemplateReplacesPodsWithoutAMomentOfNone() throws IOException {
        apply(1, 1000);
        until(() -> ready() == 1);
        String old = cluster.readiness().keySet().iterator().next();

        apply(1, 2000);
        until(
                () -> {
                    assertThat(ready()).isPositive();
                    return !cluster.readiness().containsKey(old);
                });
    }

    @Test
    void aPodWhoseProcessEndsIsStartedAgain() throws IOException {
        apply(1, 1000);
        until(() -> ready() == 1);
        cluster.bed().running().forEach(r -> r.kill());
        until(() -> ready() == 0);
        until(() -> ready() == 1);
    }

    private void until(BooleanSupplier holds) {
        cluster.until("as the test wants them", LIMIT, new CountDownLatch(1), holds);
    }

    private long ready() {
        return cluster.readiness().values().stream().filter(r -> r).count();
    }

    private Tree overlay(String kind) {
        ManifestDirectory runtime =
                new ManifestDirectory(directory.resolve("run/objects"), complaint -> {});
        runtime.refresh();
        return runtime.objects().entrySet().stream()
                .filter(e -> e.getKey().kind().equals(kind))
                .map(Map.Entry<ObjectKey, Tree>::getValue)
                .findFirst()
                .orElse(new Tree(null));
    }

    private void apply(int replicas, int sleep) throws IOException {
        Files.writeString(
                manifests().resolve("web.yaml"),
                WEB.replace("REPLICAS", Integer.toString(replicas))
                        .replace("SLEEP", Integer.toString(sleep)));
    }

    private Path manifests() {
        return directory.resolve("manifests");
    }
}
