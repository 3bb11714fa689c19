package dev.ambit.cni.reconcile;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides the next step for one pod: rules first, then ztunnel, then the annotation, and the other
 * way round at the end. At every point between two steps the pod is either outside the mesh as it
 * was, or its traffic is redirected to where only ztunnel listens: it fails closed. Pure.
 */
final class PodPlan {

    private PodPlan() {}

    /**
     * @param desired what should be, or nothing if the pod is not (any more) to be captured
     * @param actual what has been done, or nothing
     * @param lives whether the pod still exists, captured or not
     * @param newest number of the newest ztunnel connection, 0 if there is none
     */
    static Step next(
            @Nullable DesiredPod desired, @Nullable ActualPod actual, boolean lives, long newest) {
        if (desired == null) {
            return actual == null ? new Step.Settled() : release(actual, lives);
        }
        if (actual == null
                || !actual.installed().equals(Optional.of(desired.capture()))
                || !actual.netns().equals(desired.netns())) {
            return new Step.Install(desired.netns(), desired.capture());
        }
        if (newest != 0 && actual.acknowledgedBy() != newest) {
            return new Step.Announce();
        }
        Mark mark = mark(actual, newest);
        return mark == actual.mark() ? new Step.Settled() : new Step.Annotate(mark);
    }

    private static Step release(ActualPod actual, boolean lives) {
        if (actual.announced()) {
            return new Step.Withdraw();
        }
        return lives && actual.installed().isPresent()
                ? new Step.Remove(actual.netns())
                : new Step.Forget();
    }

    /**
     * Enabled once a ztunnel has taken the pod. It stays so while ztunnel or this agent restarts:
     * the rules hold, and the pod runs already. Without its rules it is not enabled.
     */
    static Mark mark(ActualPod actual, long newest) {
        if (actual.installed().isEmpty()) {
            return Mark.PENDING;
        }
        boolean taken = newest != 0 && actual.acknowledgedBy() == newest;
        return taken || actual.mark() == Mark.ENABLED ? Mark.ENABLED : Mark.PENDING;
    }
}
