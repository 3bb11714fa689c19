package dev.ambit.demo.cluster;

import dev.ambit.demo.manifest.ManifestDirectory;
import dev.ambit.demo.manifest.ObjectKey;
import dev.ambit.demo.manifest.Tree;
import java.util.Map;

/**
 * Whether a pod must be captured by the mesh before it may start, and whether it is. The rule is
 * that of Istio's default selector; the answer is what the node agents write. Owned by the
 * cluster's thread.
 */
final class Enrolment {

    private static final String MODE = "istio.io/dataplane-mode";
    private static final String REDIRECTION = "ambient.istio.io/redirection";

    private final ManifestDirectory runtime;
    private final boolean mesh;

    /**
     * @param runtime the runtime directory with the overlays of all writers
     * @param mesh false where no node agent runs, so that nobody would ever say that a pod is
     *     captured
     */
    Enrolment(ManifestDirectory runtime, boolean mesh) {
        this.runtime = runtime;
        this.mesh = mesh;
    }

    boolean settled(PodLife pod, Desired desired) {
        if (!mesh || !wanted(pod.template(), desired)) {
            return true;
        }
        runtime.refresh();
        Map<ObjectKey, Tree> objects = runtime.objects();
        Tree known = objects.get(new ObjectKey("Pod", pod.template().namespace(), pod.name()));
        return known != null
                && known.at("metadata", "annotations", REDIRECTION).text("").equals("enabled");
    }

    static boolean wanted(PodTemplate template, Desired desired) {
        String own = template.labels().getOrDefault(MODE, "");
        String namespace =
                desired.namespaces()
                        .getOrDefault(template.namespace(), Map.of())
                        .getOrDefault(MODE, "");
        return own.equals("ambient") || (namespace.equals("ambient") && !own.equals("none"));
    }
}
