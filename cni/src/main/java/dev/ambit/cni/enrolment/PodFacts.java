package dev.ambit.cni.enrolment;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the agent needs to know of a pod of this node.
 *
 * @param netns where its network namespace can be opened, once it has one
 * @param finished its containers have ended for good (phase Succeeded or Failed)
 */
public record PodFacts(
        PodId id,
        Map<String, String> labels,
        Map<String, String> annotations,
        boolean hostNetwork,
        boolean finished,
        Optional<Path> netns) {

    public PodFacts {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
