package dev.ambit.perf.bed;

import dev.ambit.demo.bed.Node;
import dev.ambit.demo.bed.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The directories istiod and the agents read: what a cluster would know of the bed. */
final class Manifests {

    /** Pods of this namespace are in the mesh. */
    static final String INSIDE = "default";

    /** Pods of this one are not. */
    static final String OUTSIDE = "outside";

    private final Path manifests;
    private final Path runtime;
    private final Path secrets;
    private final Map<String, String> tokens = new TreeMap<>();

    Manifests(Path home) {
        manifests = home.resolve("manifests");
        runtime = home.resolve("runtime");
        secrets = home.resolve("secrets");
        try {
            Files.createDirectories(manifests);
            Files.createDirectories(runtime.resolve("kubelet"));
            Files.createDirectories(runtime.resolve("node-agent"));
            Files.createDirectories(secrets.resolve("ca"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        namespace(INSIDE, "{istio.io/dataplane-mode: ambient}");
        namespace(OUTSIDE, "{}");
    }

    Map<String, String> directories() {
        return Map.of("AMBIT_MANIFESTS", manifests.toString(), "AMBIT_RUNTIME", runtime.toString());
    }

    Map<String, String> istiodEnvironment() {
        Map<String, String> env = new TreeMap<>(directories());
        env.put("AMBIT_TOKENS", secrets.resolve("tokens.yaml").toString());
        env.put("AMBIT_CA_DIR", secrets.resolve("ca").toString());
        return env;
    }

    Path rootCertificate() {
        return secrets.resolve("root-cert.pem");
    }

    Path nodeToken(String node) {
        return secrets.resolve(node + ".token");
    }

    void node(Node node) {
        write(
                runtime.resolve("kubelet/node-" + node.name() + ".yaml"),
                """
                apiVersion: v1
                kind: Node
                metadata:
                  name: %s
                status:
                  addresses:
                  - {type: InternalIP, address: %s}
                """
                        .formatted(node.name(), node.address()));
        String secret = "perf-token-" + node.name();
        tokens.put(secret, "node: " + node.name());
        StringBuilder yaml = new StringBuilder();
        tokens.forEach((t, grant) -> yaml.append("- {token: %s, %s}\n".formatted(t, grant)));
        write(secrets.resolve("tokens.yaml"), yaml.toString());
        write(nodeToken(node.name()), secret);
    }

    void pod(Pod pod, String namespace) {
        write(
                runtime.resolve("kubelet/pod-" + pod.name() + ".yaml"),
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %1$s
                  namespace: %2$s
                  uid: uid-%2$s-%1$s
                  labels: {app: %1$s}
                  annotations: {ambit.dev/netns: %3$s}
                spec:
                  nodeName: %4$s
                  serviceAccountName: %1$s
                  containers:
                  - name: app
                status:
                  phase: Running
                  podIP: %5$s
                  podIPs: [{ip: %5$s}]
                  conditions: [{type: Ready, status: "True"}]
                """
                        .formatted(
                                pod.name(),
                                namespace,
                                pod.netns(),
                                pod.node().name(),
                                pod.address()));
    }

    /** How many pods the agents say they have captured. */
    long captured() {
        try (Stream<Path> files = Files.walk(runtime.resolve("node-agent"))) {
            return files.filter(Files::isRegularFile).mapToLong(Manifests::enabled).sum();
        } catch (IOException | UncheckedIOException replacedMeanwhile) {
            return 0;
        }
    }

    private static long enabled(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(l -> l.contains("ambient.istio.io/redirection: enabled")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void namespace(String name, String labels) {
        write(
                manifests.resolve("namespace-" + name + ".yaml"),
                """
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: %s
                  labels: %s
                """
                        .formatted(name, labels));
    }

    private static void write(Path file, String text) {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            Files.writeString(temporary, text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
