package dev.ambit.ztunnel.shortcut;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.tls.LocalHandshake;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.state.WorkloadInfo;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The pods of this process that connections of other pods may reach without a tunnel ({@code
 * AMBIT_SAME_NODE_SHORTCUT}). Thread-safe.
 *
 * <p>A pod is reached by the very steps a CONNECT to it takes, on the loop of the connection:
 * {@link NearConnect} asks its inbound path instead of the network. Nothing of a decision is
 * repeated here.
 */
public final class Neighbours {

    private final Map<WorkloadInfo, Served> served = new ConcurrentHashMap<>();

    private final boolean movable;

    /**
     * @param movable whether another process could take their connections over: it can where every
     *     pod is served on every loop, so that any two meet on one
     */
    public Neighbours(boolean movable) {
        this.movable = movable;
    }

    /** Whether their connections may be handed over. */
    public boolean movable() {
        return movable;
    }

    private record Served(LocalWorkload local, Map<EventLoop, Entrance> inbound) {}

    /** What a pod has instead of a listener. On the loop it was opened for. */
    public interface Entrance {

        /** Asks it as a CONNECT would. */
        void connect(NearConnect connect);

        /** A client from there did not get in, for what its certificate or this pod's says. */
        void refused(InetSocketAddress remote, InetSocketAddress local, LocalHandshake.Refused why);

        /** Whether the pod has that address, by what the kernel says. */
        boolean owns(InetAddress address);
    }

    /**
     * A way into a pod.
     *
     * @param local whose it is
     * @param inbound answers on the loop that was asked about
     */
    public record Door(LocalWorkload local, Entrance inbound) {}

    /** A pod that is served on that loop from here on; it takes the place of one of its name. */
    @SuppressWarnings("ReferenceEquality") // of the same name is not enough
    public void open(LocalWorkload local, EventLoop loop, Entrance inbound) {
        served.compute(
                local.info(),
                (info, pod) -> {
                    Map<EventLoop, Entrance> doors = new HashMap<>();
                    if (pod != null && pod.local() == local) {
                        doors.putAll(pod.inbound());
                    }
                    doors.put(loop, inbound);
                    return new Served(local, Map.copyOf(doors));
                });
    }

    /** A pod that takes nothing new. Its successor of the same name, if there is one, stays. */
    @SuppressWarnings("ReferenceEquality") // of the same name is not enough
    public void close(LocalWorkload local) {
        served.computeIfPresent(local.info(), (info, pod) -> pod.local() == local ? null : pod);
    }

    /**
     * The way to a workload on that loop; null if this process does not serve it there, and then a
     * tunnel has to do. So it has to where the state's address is not, or not yet, that of the pod
     * of this name: nobody but the pod that has it may answer for an address.
     */
    public @Nullable Door door(EventLoop loop, Workload workload, InetAddress address) {
        Served pod =
                served.get(
                        new WorkloadInfo(
                                workload.name(), workload.namespace(), workload.serviceAccount()));
        if (pod == null) {
            return null;
        }
        Entrance inbound = pod.inbound().get(loop);
        Workload current = pod.local().current();
        // A workload of that name elsewhere, or one that is on its way out, is not this pod.
        return inbound == null
                        || current == null
                        || !current.uid().equals(workload.uid())
                        || !inbound.owns(address)
                ? null
                : new Door(pod.local(), inbound);
    }
}
