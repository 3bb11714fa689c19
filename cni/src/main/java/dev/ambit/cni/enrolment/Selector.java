package dev.ambit.cni.enrolment;

import dev.ambit.cni.enrolment.LabelSelector.Requirement;
import java.util.List;
import java.util.Map;

/** One entry of the enablement selector: the pod and its namespace both match. Pure. */
public record Selector(LabelSelector pod, LabelSelector namespace) {

    private static final String MODE = "istio.io/dataplane-mode";
    private static final List<String> AMBIENT = List.of("ambient");

    /** Istio's default: the pod's own label, or the namespace's unless the pod says none. */
    public static final List<Selector> DEFAULT =
            List.of(
                    new Selector(
                            new LabelSelector(List.of(new Requirement.In(MODE, AMBIENT))),
                            new LabelSelector(List.of())),
                    new Selector(
                            new LabelSelector(
                                    List.of(new Requirement.NotIn(MODE, List.of("none")))),
                            new LabelSelector(List.of(new Requirement.In(MODE, AMBIENT)))));

    public boolean matches(Map<String, String> podLabels, Map<String, String> namespaceLabels) {
        return pod.matches(podLabels) && namespace.matches(namespaceLabels);
    }
}
