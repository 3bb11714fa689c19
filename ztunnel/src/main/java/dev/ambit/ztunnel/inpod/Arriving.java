package dev.ambit.ztunnel.inpod;

import dev.ambit.hbone.relay.Relay;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.policy.ConnectionTracker;
import dev.ambit.ztunnel.policy.IdentityLimits;
import dev.ambit.ztunnel.policy.Moved;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.shortcut.BothSides;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.Reporter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.PromiseCombiner;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A pod goes on with connections that left another process, or were about to leave this one. Any
 * thread.
 */
final class Arriving {

    private static final Log LOG = Log.get("inpod::handover");

    private final PodSockets sockets;
    private final List<PodProxy.Share> shares;
    private final AtomicInteger turn = new AtomicInteger();

    Arriving(PodSockets sockets, List<PodProxy.Share> shares) {
        this.sockets = sockets;
        this.shares = shares;
    }

    /** What is done with the two sockets once they are served by the loop. */
    private interface Coupling {
        void of(SocketChannel first, SocketChannel second);
    }

    /**
     * Owns the sockets.
     *
     * @param others of the other pod, if it is its connection too
     */
    void adopt(Moved moved, List<PodProxy.Share> others) {
        Moved.Far far = moved.far();
        int from = turn.getAndIncrement();
        for (int i = 0; i < shares.size(); i++) {
            PodLoop pod = shares.get(Math.floorMod(from + i, shares.size())).pod();
            if (far == null) {
                begin(pod, moved, (first, second) -> pod.tracker().adopt(moved, first, second));
                return;
            }
            PodLoop other = onSameLoop(pod, others);
            ConnectionTracker tracker = other == null ? far.tracker() : other.tracker();
            if (tracker != null && tracker.loop().equals(pod.loop())) {
                begin(
                        pod,
                        moved,
                        (first, second) ->
                                pair(new Pair(pod, tracker, other), moved, far, first, second));
                return;
            }
        }
        LOG.error("AMB1245 a connection between two pods that no loop serves both is cut");
        Descriptors.close(moved.sockets().first().descriptor());
        Descriptors.close(moved.sockets().second().descriptor());
    }

    private static @Nullable PodLoop onSameLoop(PodLoop pod, List<PodProxy.Share> others) {
        for (PodProxy.Share other : others) {
            if (other.pod().loop().equals(pod.loop())) {
                return other.pod();
            }
        }
        return null;
    }

    /**
     * @param tracker of the destination
     * @param destination null: it is on its way out, and the connection has come back to it
     */
    private record Pair(PodLoop source, ConnectionTracker tracker, @Nullable PodLoop destination) {}

    private static void pair(
            Pair pods, Moved moved, Moved.Far far, SocketChannel first, SocketChannel second) {
        Runnable abort =
                () -> {
                    Sockets.reset(first);
                    Sockets.reset(second);
                };
        ConnectionTracker ofSource = pods.source().tracker();
        TrackedConnection source =
                ofSource.track(
                        moved.route(),
                        ConnectionRecord.resume(
                                ofSource.metrics(),
                                moved.peers(),
                                moved.addressing(),
                                moved.before()),
                        abort);
        TrackedConnection destination =
                pods.tracker()
                        .track(
                                far.route(),
                                ConnectionRecord.resume(
                                        pods.tracker().metrics(),
                                        far.peers(),
                                        far.addressing(),
                                        far.before()),
                                abort);
        ConnectionFacts facts = far.route().facts();
        IdentityLimits limits =
                pods.destination() == null ? null : pods.destination().scope().limits();
        if (limits != null && facts != null && facts.identity() != null) {
            destination.counts(limits.count(facts.identity()));
        }
        BothSides both = new BothSides(source, destination);
        both.adopt(moved.sockets(), first, second);
        pods.tracker().askAgain(destination);
        if (pods.destination() != null) {
            new Acquaintance(pods.source(), pods.destination(), both).begin();
        }
    }

    private void begin(PodLoop pod, Moved moved, Coupling coupling) {
        EventLoop loop = pod.loop();
        loop.execute(
                () -> {
                    SocketChannel first = socket(moved.sockets().first().descriptor());
                    SocketChannel second = socket(moved.sockets().second().descriptor());
                    if (first == null || second == null) {
                        reset(first);
                        reset(second);
                        return;
                    }
                    count(pod, moved, first, second);
                    PromiseCombiner both = new PromiseCombiner(loop);
                    both.add((Future<Void>) loop.register(first));
                    both.add((Future<Void>) loop.register(second));
                    both.finish(
                            loop.<Void>newPromise()
                                    .addListener(
                                            registered -> {
                                                if (registered.isSuccess()) {
                                                    coupling.of(first, second);
                                                } else {
                                                    reset(first);
                                                    reset(second);
                                                }
                                            }));
                });
    }

    private @Nullable SocketChannel socket(int descriptor) {
        SocketChannel socket = null;
        try {
            socket = sockets.transport().adoptSocket(descriptor);
            Relay.prepare(socket);
            return socket;
        } catch (RuntimeException unusable) {
            LOG.warn("a socket handed over is not usable", "error", unusable);
            if (socket == null) {
                Descriptors.close(descriptor);
            } else {
                socket.unsafe().closeForcibly();
            }
            return null;
        }
    }

    /** The client's side counts as an open socket, as where it was accepted. */
    private static void count(PodLoop pod, Moved moved, SocketChannel first, SocketChannel second) {
        var open =
                pod.tracker()
                        .metrics()
                        .socketsOpen(
                                moved.route().isInbound() ? Reporter.DESTINATION : Reporter.SOURCE);
        open.increment();
        Relay.whenClosed(moved.clientFirst() ? first : second, open::decrement);
    }

    private static void reset(@Nullable SocketChannel socket) {
        if (socket != null) {
            Sockets.reset(socket);
        }
    }
}
