package dev.ambit.cni;

import dev.ambit.cni.enrolment.Selector;
import dev.ambit.cni.enrolment.SelectorReader;
import dev.ambit.runtime.config.EnvReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the node agent is told by its environment. Names are Istio's where Istio has them.
 *
 * @param node {@code NODE_NAME}: whose pods are captured
 * @param manifests {@code AMBIT_MANIFESTS}: the user's objects
 * @param runtime {@code AMBIT_RUNTIME}: what the cluster knows; annotations are written here
 * @param zds {@code AMBIT_ZDS}: the socket ztunnel connects to
 * @param dnsCapture {@code AMBIENT_DNS_CAPTURE}: DNS goes to ztunnel; only where its DNS proxy runs
 * @param ipv6 {@code AMBIENT_IPV6}: capture IPv6 too
 * @param excludedNamespaces {@code EXCLUDE_NAMESPACES}, comma separated
 * @param withoutUdp {@code AMBIT_BLOCK_UDP}: namespaces whose pods have no UDP but DNS, comma
 *     separated
 * @param selectors {@code AMBIENT_ENABLEMENT_SELECTOR}, YAML
 * @param iptablesVariant {@code FORCE_IPTABLES_BINARY}: legacy or nft instead of the host's default
 * @param metricsPort {@code MONITORING_PORT}
 * @param healthPort {@code HEALTH_PORT}
 * @param cleanup {@code AMBIT_CNI_CLEANUP}: take all pods out of the mesh when the agent ends
 */
record CniConfig(
        String node,
        Path manifests,
        Path runtime,
        Path zds,
        boolean dnsCapture,
        boolean ipv6,
        Set<String> excludedNamespaces,
        Set<String> withoutUdp,
        List<Selector> selectors,
        String iptablesVariant,
        int metricsPort,
        int healthPort,
        boolean cleanup) {

    CniConfig {
        excludedNamespaces = Set.copyOf(excludedNamespaces);
        withoutUdp = Set.copyOf(withoutUdp);
        selectors = List.copyOf(selectors);
    }

    /** Reads everything; the caller finishes the reader to hear of mistakes. */
    static CniConfig read(EnvReader env) {
        String directory = "a directory; the node agent reads no Kubernetes API yet";
        return new CniConfig(
                env.required("NODE_NAME", "the name of this node"),
                Path.of(env.required("AMBIT_MANIFESTS", directory)),
                Path.of(env.required("AMBIT_RUNTIME", directory)),
                env.path("AMBIT_ZDS").orElse(Path.of("/var/run/ztunnel/ztunnel.sock")),
                env.flag("AMBIENT_DNS_CAPTURE", false),
                env.flag("AMBIENT_IPV6", true),
                names(env.text("EXCLUDE_NAMESPACES", "kube-system")),
                names(env.text("AMBIT_BLOCK_UDP", "")),
                selectors(env),
                env.choice("FORCE_IPTABLES_BINARY", "", Map.of("legacy", "-legacy", "nft", "-nft")),
                env.integer("MONITORING_PORT", 15014, 0, 65535),
                env.integer("HEALTH_PORT", 8000, 0, 65535),
                env.flag("AMBIT_CNI_CLEANUP", false));
    }

    private static Set<String> names(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .filter(n -> !n.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<Selector> selectors(EnvReader env) {
        String key = "AMBIENT_ENABLEMENT_SELECTOR";
        String yaml = env.text(key, "");
        if (yaml.isBlank()) {
            return Selector.DEFAULT;
        }
        try {
            return SelectorReader.read(yaml);
        } catch (IllegalArgumentException e) {
            env.problem(key, String.valueOf(e.getMessage()), "a list of selectors");
            return Selector.DEFAULT;
        }
    }
}
