package dev.ambit.ztunnel.inpod;

import dev.ambit.ztunnel.policy.ConnectionTracker;
import dev.ambit.ztunnel.policy.Moved;
import dev.ambit.ztunnel.policy.Pass;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a pod's proxy does when one process takes over from another. Any thread. */
public interface Transfer {

    /**
     * Its descriptors, which stay the pod's: the receiver gets duplicates.
     *
     * @param netns absent if the pod lives in our own namespace
     */
    record Offer(OptionalInt netns, List<Inherited.Listener> listeners) {}

    /** What another process needs to serve this pod. */
    Offer offer();

    /** Whether a handshake would succeed now. */
    boolean certified();

    /** Accepts no more; who connects waits in the kernel, for us or for another process. */
    void pause();

    /** Accepts, from now on or again. */
    void resume();

    /**
     * Opens a connection to itself with its own certificate and asks for a tunnel that leads
     * nowhere: a refusal over mutual TLS and HTTP/2 is success.
     *
     * @param inherited through the pod's real listener, else through one made for it
     */
    CompletableFuture<Void> probe(boolean inherited);

    /** Takes out some of what can leave this process; what it had not yet sent comes along. */
    CompletableFuture<List<Moved>> leave(Pass pass);

    /** Whether these are this pod's connections. */
    boolean owns(ConnectionTracker tracker);

    /**
     * Goes on with a connection of another process; owns its sockets.
     *
     * @param far the other pod, of a connection that is also another's; else null
     */
    void adopt(Moved moved, @Nullable Transfer far);

    /**
     * Listens no more and finishes what it has; at the limit the rest is cut. Completes when
     * everything is closed.
     */
    CompletableFuture<Void> linger(Duration limit);

    /** Who is still connected. */
    CompletableFuture<List<Held>> held();

    /** One open connection, for those who wait for its end. */
    record Held(
            boolean inbound,
            String source,
            String destination,
            String protocol,
            Duration age,
            long received,
            long sent) {}
}
