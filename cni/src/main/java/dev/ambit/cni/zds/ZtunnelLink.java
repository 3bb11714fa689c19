package dev.ambit.cni.zds;

import dev.ambit.cni.enrolment.PodId;
import dev.ambit.runtime.linux.Netns;

/**
 * A connected ztunnel: one message at a time, each waits for its acknowledgement. A seam: the
 * reconciler's tests bring one of their own. Called by the reconciler's thread.
 */
public interface ZtunnelLink {

    /** Grows with each connection; the newest gets new pods. */
    long number();

    /** Serve this pod. The namespace stays the caller's. */
    Reply add(PodId pod, Netns netns);

    /** Go on serving this pod, whose namespace we cannot open; only in the snapshot. */
    Reply keep(String uid);

    Reply delete(String uid);

    /** All pods have been named. */
    Reply snapshotSent();

    void close();

    /** What came of a message. */
    sealed interface Reply {
        /** Done. */
        record Acknowledged() implements Reply {}

        /** ztunnel could not; it tries by itself too. */
        record Refused(String error) implements Reply {}

        /** The connection is of no use any more and has been closed. */
        record Lost(String reason) implements Reply {}
    }
}
