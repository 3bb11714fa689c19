package dev.ambit.ztunnel.inpod;

import dev.ambit.api.IpAddress;
import dev.ambit.runtime.linux.Netns;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A pod that is served. The seam between the registry, which decides, and the sockets, which tests
 * do without.
 */
public interface Pod {

    /**
     * Starts serving a pod. The namespace belongs to the result; it stays the caller's if starting
     * fails.
     */
    @FunctionalInterface
    interface Starter {
        /** Completes on any thread. */
        CompletableFuture<? extends Pod> start(String uid, WorkloadInfo info, Netns netns);

        /**
         * As {@link #start}, but with listeners another process opened; the pod does not accept
         * before {@link Transfer#resume}. They belong to the result, or are closed.
         */
        default CompletableFuture<? extends Pod> take(
                String uid, WorkloadInfo info, Netns netns, Inherited listeners) {
            listeners.close();
            return start(uid, info, netns);
        }
    }

    /** How a pod's proxy ends. */
    enum Stop {
        /** The pod is gone: its connections are cut. */
        IMMEDIATE,
        /**
         * The pod ends, but its namespace may live a little longer: peers hear GOAWAY and go
         * elsewhere, what runs may finish for {@code AMBIT_POD_DRAIN}.
         */
        TERMINATING,
        /** The process ends: connections may finish until the drain's deadline. */
        GRACEFUL
    }

    /** Takes nothing new; completes when everything is closed. */
    CompletableFuture<Void> stop(Stop how);

    /** What it does when another process takes over; empty if it cannot. */
    default Optional<Transfer> transfer() {
        return Optional.empty();
    }

    /** The open connections, for the dump. */
    CompletableFuture<List<OpenConnection>> connections();

    /** Why the pod may not go to an address the mesh does not know; null if it may. */
    default @Nullable String egressRefusal(IpAddress target) {
        return null;
    }

    /**
     * One open connection; addresses as text.
     *
     * @param tlsGroup the key exchange of its tunnel; null without one, or before it is there
     */
    record OpenConnection(
            boolean inbound,
            String source,
            String originalDestination,
            String actualDestination,
            String protocol,
            @Nullable String tlsGroup) {}
}
