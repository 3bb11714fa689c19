package dev.ambit.tests.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What kubectl and the controllers of a cluster do, on directories: the user's manifests, and what
 * a cluster adds to them (pods, nodes, cluster addresses, status).
 */
public final class TestCluster {

    private final Path manifests;
    private final Path runtime;
    private final Path kubelet;
    private final Path secrets;
    private final Map<String, String> tokens = new LinkedHashMap<>();

    public TestCluster(Path home) {
        manifests = home.resolve("manifests");
        runtime = home.resolve("runtime");
        kubelet = runtime.resolve("kubelet");
        secrets = home.resolve("secrets");
        try {
            Files.createDirectories(manifests);
            Files.createDirectories(kubelet);
            Files.createDirectories(runtime.resolve("node-agent"));
            Files.createDirectories(secrets.resolve("ca"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        apply(
                "namespace-default",
                namespace("default", Map.of("istio.io/dataplane-mode", "ambient")));
    }

    public static String namespace(String name, Map<String, String> labels) {
        return """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: %s
          labels: %s
        """
                .formatted(name, flow(labels));
    }

    public Map<String, String> directories() {
        return Map.of("AMBIT_MANIFESTS", manifests.toString(), "AMBIT_RUNTIME", runtime.toString());
    }

    public Map<String, String> istiodEnvironment() {
        Map<String, String> env = new TreeMap<>(directories());
        env.put("AMBIT_TOKENS", secrets.resolve("tokens.yaml").toString());
        env.put("AMBIT_CA_DIR", secrets.resolve("ca").toString());
        return env;
    }

    public Path rootCertificate() {
        return secrets.resolve("root-cert.pem");
    }

    /** kubectl apply of one file. */
    public void apply(String name, String yaml) {
        write(manifests.resolve(name + ".yaml"), yaml);
    }

    /** kubectl delete of one file. */
    public void delete(String name) {
        try {
            Files.deleteIfExists(manifests.resolve(name + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void node(String name, String address) {
        write(
                kubelet.resolve("node-" + name + ".yaml"),
                """
                apiVersion: v1
                kind: Node
                metadata:
                  name: %s
                status:
                  addresses:
                  - {type: InternalIP, address: %s}
                """
                        .formatted(name, address));
        token("node-" + name, "node: " + name);
    }

    public Path nodeToken(String node) {
        return secrets.resolve("node-" + node + ".token");
    }

    public Path accountToken(String namespace, String account) {
        String name = namespace + "-" + account;
        token(name, "namespace: " + namespace + ", serviceAccount: " + account);
        return secrets.resolve(name + ".token");
    }

    public void pod(TestPod pod, String node, Map<String, String> labels) {
        write(
                file(pod),
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %1$s
                  namespace: %2$s
                  uid: uid-%2$s-%1$s
                  labels: %3$s
                  annotations: {ambit.dev/netns: %4$s}
                spec:
                  nodeName: %5$s
                  serviceAccountName: %6$s
                  containers:
                  - name: app
                status:
                  phase: Running
                  podIP: %7$s
                  podIPs: [{ip: %7$s}]
                  conditions: [{type: Ready, status: "True"}]
                """
                        .formatted(
                                pod.name(),
                                pod.namespace(),
                                flow(labels),
                                pod.place().netns(),
                                node,
                                pod.serviceAccount(),
                                pod.ip()));
    }

    /** A pod in the network namespace of its node that no agent captures, such as ztunnel's. */
    void uncaptured(String namespace, String name, String ip, String node) {
        write(
                kubelet.resolve("pod-" + namespace + "-" + name + ".yaml"),
                """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %1$s
                  namespace: %2$s
                  uid: uid-%2$s-%1$s
                  labels: {app: %1$s, networking.istio.io/tunnel: http}
                spec:
                  nodeName: %3$s
                  serviceAccountName: %1$s
                  containers:
                  - name: app
                status:
                  phase: Running
                  podIP: %4$s
                  podIPs: [{ip: %4$s}]
                  conditions: [{type: Ready, status: "True"}]
                """
                        .formatted(name, namespace, node, ip));
    }

    /** kubectl delete pod, as long as its containers are still there. */
    public void terminate(TestPod pod) {
        try {
            Path file = file(pod);
            write(
                    file,
                    Files.readString(file)
                            .replace(
                                    "\nspec:",
                                    "\n  deletionTimestamp: \"2026-01-01T00:00:00Z\"\nspec:"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(TestPod pod) {
        return kubelet.resolve("pod-" + pod.namespace() + "-" + pod.name() + ".yaml");
    }

    public void removePod(TestPod pod) {
        try {
            Files.delete(file(pod));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the node agent says of a pod: enabled, pending, or nothing. */
    public String redirection(TestPod pod) {
        try (var files = Files.walk(runtime.resolve("node-agent"))) {
            for (Path f : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String text = Files.readString(f);
                if (text.contains(pod.name()) && text.contains("redirection")) {
                    return text.contains("enabled") ? "enabled" : "pending";
                }
            }
            return "";
        } catch (IOException | UncheckedIOException replacedMeanwhile) {
            return "";
        }
    }

    /** A Gateway of class istio-waypoint, and what its deployment adds: a Service and a status. */
    public void waypoint(String namespace, TestPod pod) {
        apply(
                "waypoint-" + namespace,
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata:
                  name: waypoint
                  namespace: %1$s
                  labels: {istio.io/waypoint-for: service}
                spec:
                  gatewayClassName: istio-waypoint
                  listeners:
                  - {name: mesh, port: 15008, protocol: HBONE}
                """
                        .formatted(namespace));
        write(
                kubelet.resolve("waypoint-" + namespace + ".yaml"),
                """
                apiVersion: v1
                kind: Service
                metadata:
                  name: waypoint
                  namespace: %1$s
                  labels:
                    gateway.networking.k8s.io/gateway-name: waypoint
                    gateway.istio.io/managed: istio.io-mesh-controller
                spec:
                  clusterIP: 10.96.200.1
                  clusterIPs: [10.96.200.1]
                  selector: {gateway.networking.k8s.io/gateway-name: waypoint}
                  ports:
                  - {name: status-port, port: 15021, targetPort: 15021, appProtocol: tcp}
                  - {name: mesh, port: 15008, targetPort: 15008, appProtocol: hbone}
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata:
                  name: waypoint
                  namespace: %1$s
                status:
                  addresses:
                  - {type: IPAddress, value: 10.96.200.1}
                  - {type: Hostname, value: waypoint.%1$s.svc.cluster.local}
                """
                        .formatted(namespace));
    }

    private void token(String name, String grant) {
        String secret = "test-token-" + name;
        tokens.put(secret, grant);
        StringBuilder yaml = new StringBuilder();
        tokens.forEach(
                (t, g) -> yaml.append("- {token: ").append(t).append(", ").append(g).append("}\n"));
        write(secrets.resolve("tokens.yaml"), yaml.toString());
        write(secrets.resolve(name + ".token"), secret);
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

    private static String flow(Map<String, String> labels) {
        StringBuilder s = new StringBuilder("{");
        new TreeMap<>(labels)
                .forEach(
                        (k, v) ->
                                s.append(s.length() > 1 ? ", " : "")
                                        .append(k)
                                        .append(": \"")
                                        .append(v)
                                        .append('"'));
        return s.append('}').toString();
    }
}
