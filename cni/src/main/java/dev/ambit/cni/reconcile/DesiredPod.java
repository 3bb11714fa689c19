package dev.ambit.cni.reconcile;

import dev.ambit.cni.enrolment.Capture;
import dev.ambit.cni.enrolment.PodId;
import java.nio.file.Path;

/** A pod that is to be captured, and how. */
record DesiredPod(PodId id, Path netns, Capture capture) {}
