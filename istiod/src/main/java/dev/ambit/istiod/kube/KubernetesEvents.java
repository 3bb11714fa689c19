package dev.ambit.istiod.kube;

import dev.ambit.istiod.resource.ObjectProblem;
import java.util.List;

/** What a source of a cluster has to say, for metrics and logs. Called on any thread. */
public interface KubernetesEvents {

    /** All objects that are not taken, whenever that changes; one call at a time. */
    void refused(List<ObjectProblem> problems);

    /**
     * Listing or watching a kind failed; it is tried again.
     *
     * @param kind as kubectl names it
     */
    void watchFailed(String kind, String error);

    /** Everything there was has been handed on. */
    void synced(int objects);
}
