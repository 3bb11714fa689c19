package dev.ambit.cni.reconcile;

import dev.ambit.cni.enrolment.Capture;
import dev.ambit.cni.enrolment.PodId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What has been done for a pod.
 *
 * @param inode of the namespace the rules are, or were last, in; 0 at first
 * @param installed the rules that are there
 * @param announced a ztunnel may serve it
 * @param acknowledgedBy number of the connection that took it, 0 if none has
 */
record ActualPod(
        PodId id,
        Path netns,
        long inode,
        Optional<Capture> installed,
        boolean announced,
        long acknowledgedBy,
        Mark mark) {

    static ActualPod fresh(DesiredPod desired, Mark mark) {
        return new ActualPod(desired.id(), desired.netns(), 0, Optional.empty(), false, 0, mark);
    }

    ActualPod withRules(Path where, long newInode, Capture capture) {
        boolean moved = newInode != inode;
        return new ActualPod(
                id,
                where,
                newInode,
                Optional.of(capture),
                announced,
                moved ? 0 : acknowledgedBy,
                mark);
    }

    ActualPod withoutRules() {
        return new ActualPod(id, netns, inode, Optional.empty(), announced, acknowledgedBy, mark);
    }

    ActualPod acknowledged(long connection) {
        return new ActualPod(id, netns, inode, installed, true, connection, mark);
    }

    ActualPod withdrawn() {
        return new ActualPod(id, netns, inode, installed, false, 0, mark);
    }

    ActualPod marked(Mark next) {
        return new ActualPod(id, netns, inode, installed, announced, acknowledgedBy, next);
    }
}
