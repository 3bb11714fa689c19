package dev.ambit.cni.reconcile;

import dev.ambit.cni.enrolment.Capture;
import java.nio.file.Path;

/** The next thing to do for one pod. */
sealed interface Step {

    /** Put the rules into the namespace. Always before the pod is announced. */
    record Install(Path netns, Capture capture) implements Step {}

    /** Hand the pod to the newest ztunnel. */
    record Announce() implements Step {}

    /** Take the pod away from every ztunnel. */
    record Withdraw() implements Step {}

    /** Take the rules out of a pod that lives on outside the mesh. */
    record Remove(Path netns) implements Step {}

    /** Nothing is left of it. */
    record Forget() implements Step {}

    /** Say in the annotation how far it is. */
    record Annotate(Mark mark) implements Step {}

    /** Nothing to do until something changes. */
    record Settled() implements Step {}
}
