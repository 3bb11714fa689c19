package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.Fabric;
import dev.ambit.demo.bed.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The environment of the mesh's own processes: Istio's names where it has them. */
final class MeshEnvironment {

    static final int XDS_PORT = 15012;
    private static final String CLUSTER = "Kubernetes";
    private static final String TRUST_DOMAIN = "cluster.local";
    private static final String ISTIOD = "istiod.istio-system.svc";

    private final Fabric fabric;
    private final Path manifests;
    private final RuntimeDirectory files;
    private final Tokens tokens;

    MeshEnvironment(Fabric fabric, Path manifests, RuntimeDirectory files, Tokens tokens) {
        this.fabric = fabric;
        this.manifests = manifests;
        this.files = files;
        this.tokens = tokens;
    }

    /** Those of the nodes exist before istiod does; those of waypoints follow when they come. */
    void issueTokens(List<Node> nodes) {
        nodes.forEach(n -> tokens.ofNode(n.name()));
    }

    Map<String, String> ofIstiod() {
        return Map.of(
                "AMBIT_MANIFESTS", manifests.toString(),
                "AMBIT_RUNTIME", files.objects().toString(),
                "AMBIT_TOKENS", files.tokens().toString(),
                "AMBIT_CA_DIR", files.authority().toString(),
                "AMBIT_ISTIOD_NAMES", fabric.address(),
                "CLUSTER_ID", CLUSTER,
                "TRUST_DOMAIN", TRUST_DOMAIN);
    }

    Map<String, String> ofNodeAgent(Node node, Path zds) {
        return Map.of(
                "NODE_NAME", node.name(),
                "AMBIT_MANIFESTS", manifests.toString(),
                "AMBIT_RUNTIME", files.objects().toString(),
                "AMBIT_ZDS", zds.toString(),
                // Only where the DNS proxy runs, as in ofZtunnel.
                "AMBIENT_DNS_CAPTURE", "true");
    }

    Map<String, String> ofZtunnel(Node node, Path zds) {
        Map<String, String> all = new TreeMap<>(ofProxy(tokens.ofNode(node.name())));
        all.put("PROXY_MODE", "shared");
        all.put("INPOD_UDS", zds.toString());
        all.put("NODE_NAME", node.name());
        all.put("POD_NAME", "ztunnel-" + node.name());
        all.put("POD_NAMESPACE", "istio-system");
        all.put("SERVICE_ACCOUNT", "ztunnel");
        all.put("INSTANCE_IP", node.address());
        all.put("ISTIO_META_DNS_CAPTURE", "true");
        return all;
    }

    Map<String, String> ofWaypoint(PodLife pod) {
        PodTemplate template = pod.template();
        Map<String, String> all =
                new TreeMap<>(
                        ofProxy(tokens.ofAccount(template.namespace(), template.serviceAccount())));
        all.put("GATEWAY_NAME", template.gateway().orElse(template.owner()));
        all.put("SERVICE_ACCOUNT", template.serviceAccount());
        all.put("INSTANCE_IP", pod.place().address());
        return all;
    }

    private Map<String, String> ofProxy(Path token) {
        String istiod = "https://" + fabric.address() + ":" + XDS_PORT;
        Map<String, String> all = new TreeMap<>();
        all.put("XDS_ADDRESS", istiod);
        all.put("CA_ADDRESS", istiod);
        all.put("ALT_XDS_HOSTNAME", ISTIOD);
        all.put("ALT_CA_HOSTNAME", ISTIOD);
        all.put("XDS_ROOT_CA", files.root().toString());
        all.put("CA_ROOT_CA", files.root().toString());
        all.put("AUTH_TOKEN", token.toString());
        all.put("CLUSTER_ID", CLUSTER);
        all.put("TRUST_DOMAIN", TRUST_DOMAIN);
        all.put("IPV6_ENABLED", "false");
        return all;
    }
}
