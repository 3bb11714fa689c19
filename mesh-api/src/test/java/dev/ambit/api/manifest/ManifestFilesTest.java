package dev.ambit.api.manifest;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.testing.ShiftedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestFilesTest {
    private static final ManifestKey REVIEWS = new ManifestKey("", "Service", "default", "reviews");
    private static final ManifestKey PODS = new ManifestKey("", "Pod", "shop", "a");

    @TempDir Path dir;
    private Path manifests;
    private Path runtime;
    private ManifestFiles files;

    private final ShiftedClock clock = new ShiftedClock();

    /** Two looks, as something that vanishes is believed at the second. */
    private ManifestSnapshot scan() {
        clock.shift(Duration.ofMillis(500));
        ManifestSnapshot _ = files.scan();
        clock.shift(Duration.ofSeconds(1));
        return files.scan();
    }

    @BeforeEach
    void open() throws IOException {
        manifests = Files.createDirectory(dir.resolve("manifests"));
        runtime = dir.resolve("runtime");
        files = new ManifestFiles(manifests, runtime, clock);
    }

    @Test
    void everyDocumentOfEveryFileBecomesAnObject() throws IOException {
        put(
                manifests.resolve("deep/er/all.yml"),
                """
                apiVersion: v1
                kind: Namespace
                metadata: {name: shop}
                ---
                # only a comment
                ---
                apiVersion: v1
                kind: List
                items:
                - apiVersion: v1
                  kind: Service
                  metadata: {name: reviews}
                  spec: {ports: [{port: 80, name: "on"}], publishNotReadyAddresses: true}
                """);
        put(
                manifests.resolve("gw.json"),
                """
                {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayList",
                 "items": [{"apiVersion": "gateway.networking.k8s.io/v1",
                   "metadata": {"name": "w", "namespace": "shop"}, "spec": {"weight": 0.5}}]}
                """);
        put(manifests.resolve("notes.txt"), "not ours");
        put(manifests.resolve(".swap.yaml"), "{");

        Map<ManifestKey, Manifest> objects = scan().objects();

        ManifestKey gateway = new ManifestKey("gateway.networking.k8s.io", "Gateway", "shop", "w");
        assertThat(objects)
                .containsOnlyKeys(new ManifestKey("", "Namespace", "", "shop"), REVIEWS, gateway);
        assertThat(requireNonNull(objects.get(REVIEWS)).content())
                .isEqualTo(
                        Map.of(
                                "apiVersion",
                                "v1",
                                "kind",
                                "Service",
                                "metadata",
                                Map.of("name", "reviews"),
                                "spec",
                                Map.of(
                                        "ports",
                                        List.of(Map.of("port", 80L, "name", "on")),
                                        "publishNotReadyAddresses",
                                        true)));
        assertThat(requireNonNull(objects.get(gateway)).value("spec", "weight")).contains(0.5);
        assertThat(files.current().problems()).isEmpty();
    }

    @Test
    void knowsTheLineOfEveryField() throws IOException {
        Path file = manifests.resolve("a.yaml");
        put(
                file,
                """
                apiVersion: v1
                kind: Service
                metadata:
                  name: reviews
                spec:
                  selector: {app: x}
                  ports:
                  - port: 80
                  - name: b
                    port: 90
                """);
        Manifest m = requireNonNull(scan().objects().get(REVIEWS));
        assertThat(m.where()).isEqualTo(new SourcePosition(file, 1));
        assertThat(m.where(List.of("spec", "ports", 1, "port")))
                .isEqualTo(new SourcePosition(file, 10));
        assertThat(m.where(List.of("spec", "ports", 0)).line()).isEqualTo(8);
        assertThat(m.where(List.of("spec", "ports", 1, "missing")).line()).isEqualTo(9);
        assertThat(m.where(List.of("spec", "selector", "app")).line()).isEqualTo(6);
    }

    @Test
    void runtimeIsLaidOverManifestsWriterByWriter() throws IOException {
        put(
                manifests.resolve("pod.yaml"),
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: a, namespace: shop, labels: {app: a}, annotations: {x: y}}
                spec: {hostNetwork: true, containers: [{name: c}]}
                """);
        put(
                runtime.resolve("node-agent/n1.yaml"),
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: a
                  namespace: shop
                  annotations: {ambient.istio.io/redirection: enabled, x: null}
                """);
        Path kubelet = runtime.resolve("kubelet/n1.yaml");
        put(
                kubelet,
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: a, namespace: shop, annotations: {x: kubelet}}
                spec: {hostNetwork: null, nodeName: n1, containers: [{name: d}, {name: e}]}
                status: {podIP: 10.0.0.1}
                """);

        Manifest pod = requireNonNull(scan().objects().get(PODS));

        assertThat(pod.content())
                .isEqualTo(
                        Map.of(
                                "apiVersion",
                                "v1",
                                "kind",
                                "Pod",
                                "metadata",
                                Map.of(
                                        "name",
                                        "a",
                                        "namespace",
                                        "shop",
                                        "labels",
                                        Map.of("app", "a"),
                                        "annotations",
                                        Map.of("ambient.istio.io/redirection", "enabled")),
                                "spec",
                                Map.of(
                                        "containers",
                                        List.of(Map.of("name", "d"), Map.of("name", "e")),
                                        "nodeName",
                                        "n1"),
                                "status",
                                Map.of("podIP", "10.0.0.1")));
        assertThat(pod.annotations()).isEqualTo(Map.of("ambient.istio.io/redirection", "enabled"));
        assertThat(pod.text("status", "podIP")).contains("10.0.0.1");
        assertThat(pod.where(List.of("status", "podIP"))).isEqualTo(new SourcePosition(kubelet, 5));
    }

    @Test
    void aBrokenFileIsNamedAndItsLastGoodContentStays() throws IOException {
        put(manifests.resolve("b.yaml"), service("reviews", "80"));
        put(manifests.resolve("other.yaml"), service("other", "1"));
        ManifestSnapshot good = scan();

        put(manifests.resolve("b.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: a\n");
        put(manifests.resolve("other.yaml"), service("other", "2"));
        ManifestSnapshot broken = scan();

        assertThat(broken.objects().get(REVIEWS)).isSameAs(good.objects().get(REVIEWS));
        assertThat(broken.since(good).changed())
                .extracting(m -> m.key().name())
                .containsExactly("other");
        ManifestProblem problem =
                requireNonNull(broken.problems().get(manifests.resolve("b.yaml")));
        assertThat(problem.code()).isEqualTo("AMB1401");
        assertThat(problem.where()).isEqualTo(new SourcePosition(manifests.resolve("b.yaml"), 3));

        put(manifests.resolve("b.yaml"), service("reviews", "81"));
        ManifestSnapshot fixed = scan();
        assertThat(fixed.problems()).isEmpty();
        assertThat(fixed.since(broken).changed())
                .extracting(Manifest::key)
                .containsExactly(REVIEWS);
    }

    @Test
    void nothingChangedGivesTheSameSnapshot() throws IOException {
        put(manifests.resolve("b.yaml"), service("reviews", "80"));
        ManifestSnapshot first = scan();
        put(manifests.resolve("b.yaml"), service("reviews", "80"));
        assertThat(scan()).isSameAs(first);
    }

    @Test
    void aRemovedFileTakesItsObjectsAlongButAVanishedRootDoesNot() throws IOException {
        put(manifests.resolve("b.yaml"), service("reviews", "80"));
        put(manifests.resolve("c.yaml"), service("other", "80"));
        ManifestSnapshot both = scan();
        Files.delete(manifests.resolve("c.yaml"));
        ManifestSnapshot one = scan();
        assertThat(one.since(both).removed())
                .extracting(m -> m.key().name())
                .containsExactly("other");

        Files.move(manifests, dir.resolve("away"));
        ManifestSnapshot gone = scan();
        assertThat(gone.objects()).isEqualTo(one.objects());
        assertThat(gone.problems()).containsOnlyKeys(manifests);
    }

    /** Truncated and written again, or moved away and written anew: no object goes meanwhile. */
    @Test
    void aFileInTheMiddleOfBeingReplacedKeepsItsContent() throws IOException {
        Path file = manifests.resolve("b.yaml");
        put(file, service("reviews", "80"));
        ManifestSnapshot before = scan();
        clock.shift(Duration.ZERO);

        put(file, "");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        assertThat(files.scan()).isSameAs(before);
        assertThat(files.settled()).isFalse();

        Files.delete(file);
        assertThat(files.scan()).isSameAs(before);
        assertThat(files.settled()).isFalse();

        put(file, service("reviews", "81"));
        assertThat(scan().since(before).changed()).hasSize(1);
        assertThat(files.settled()).isTrue();
    }

    @Test
    void refusesWhatIsNoObjectAndSaysWhere() throws IOException {
        List<String> found = new ArrayList<>();
        for (String text :
                List.of(
                        "- 1\n",
                        "\nkind: Pod\nmetadata: {name: a}\n",
                        "apiVersion: v1\nkind: Pod\n",
                        "apiVersion: v1\nkind: Pod\nmetadata:\n  namespace: x\n",
                        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: 12\n",
                        "apiVersion: v1\nkind: Pod\nkind: Pod\n",
                        "a: *nowhere\n",
                        "[".repeat(200) + "]".repeat(200),
"""
a: &a [x,x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]
f: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]
""",
                        "a: 99999999999999999999\n")) {
            put(manifests.resolve("x.yaml"), text);
            ManifestProblem p = requireNonNull(scan().problems().get(manifests.resolve("x.yaml")));
            found.add(p.code() + " " + p.where().line() + " " + p.why());
        }
        assertThat(found)
                .containsExactly(
                        "AMB1402 1 a document that is no map (expected: a Kubernetes object)",
                        "AMB1402 2 apiVersion: nothing (expected: text)",
                        "AMB1402 1 Pod without metadata (expected: metadata.name)",
                        "AMB1402 3 name: nothing (expected: text)",
                        "AMB1402 4 name: 12 (expected: text)",
                        "AMB1401 3 key \"kind\" is there twice",
                        "AMB1401 1 alias *nowhere has no anchor",
                        "AMB1403 1 nested deeper than 100 levels",
                        "AMB1403 6 more than 500000 values",
                        "AMB1401 1 99999999999999999999 (expected: an integer of 64 bits)");
    }

    @Test
    void whatAWriterWritesIsReadBack() throws IOException {
        Map<String, Object> pod =
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Pod",
                        "metadata",
                        Map.of("name", "a", "namespace", "shop", "labels", Map.of("v", "1")),
                        "status",
                        Map.of("podIP", "10.0.0.1", "ready", true, "n", 3L));
        OverlayFile.write(runtime.resolve("kubelet"), "pods", List.of(pod, pod));
        assertThat(requireNonNull(scan().objects().get(PODS)).content()).isEqualTo(pod);
        OverlayFile.remove(runtime.resolve("kubelet"), "pods");
        assertThat(scan().objects()).isEmpty();
    }

    private static String service(String name, String port) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s}
                spec: {ports: [{port: %s}]}
                """
                .formatted(name, port);
    }

    private static void put(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
