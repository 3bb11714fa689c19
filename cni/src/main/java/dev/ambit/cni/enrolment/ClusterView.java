package dev.ambit.cni.enrolment;

import dev.ambit.api.manifest.Manifest;
import dev.ambit.api.manifest.ManifestKey;
import dev.ambit.api.manifest.ManifestSnapshot;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pods of one node and the labels of all namespaces, read from a snapshot of the manifest
 * directories. Pure.
 */
public record ClusterView(Map<String, PodFacts> pods, Map<String, Map<String, String>> namespaces) {

    /** Nothing known yet. */
    public static final ClusterView EMPTY = new ClusterView(Map.of(), Map.of());

    private static final String NETNS = "ambit.dev/netns";

    public ClusterView {
        pods = Map.copyOf(pods);
        namespaces = Map.copyOf(namespaces);
    }

    /** Pods by uid. A pod without a node, or of another node, is not ours. */
    public static ClusterView of(ManifestSnapshot snapshot, String node) {
        Map<String, PodFacts> pods = new TreeMap<>();
        Map<String, Map<String, String>> namespaces = new HashMap<>();
        for (Map.Entry<ManifestKey, Manifest> e : snapshot.objects().entrySet()) {
            ManifestKey key = e.getKey();
            Manifest object = e.getValue();
            if (!key.group().isEmpty()) {
                continue;
            }
            if (key.kind().equals("Namespace")) {
                namespaces.put(key.name(), object.labels());
            } else if (key.kind().equals("Pod")
                    && object.text("spec", "nodeName").orElse("").equals(node)) {
                PodFacts pod = pod(key, object);
                pods.put(pod.id().uid(), pod);
            }
        }
        return new ClusterView(pods, namespaces);
    }

    private static PodFacts pod(ManifestKey key, Manifest object) {
        String uid = object.text("metadata", "uid").orElse(key.namespace() + "/" + key.name());
        String phase = object.text("status", "phase").orElse("");
        return new PodFacts(
                new PodId(
                        uid,
                        key.namespace(),
                        key.name(),
                        object.text("spec", "serviceAccountName").orElse("default")),
                object.labels(),
                object.annotations(),
                object.value("spec", "hostNetwork").orElse(false).equals(true),
                phase.equals("Succeeded") || phase.equals("Failed"),
                java.util.Optional.ofNullable(object.annotations().get(NETNS)).map(Path::of));
    }
}
