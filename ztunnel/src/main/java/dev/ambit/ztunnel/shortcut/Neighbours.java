package dev.ambit.ztunnel.shortcut;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.server.ConnectHandler;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.state.WorkloadInfo;
import io.netty.channel.EventLoop;
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

    private static final Log LOG = Log.get("shortcut");

    private final Map<WorkloadInfo, Served> served = new ConcurrentHashMap<>();

    private record Served(LocalWorkload local, Map<EventLoop, ConnectHandler> inbound) {}

    /**
     * A way into a pod.
     *
     * @param local whose it is
     * @param inbound answers on the loop that was asked about
     */
    public record Door(LocalWorkload local, ConnectHandler inbound) {}

    /**
     * Those of a process; null where there is no short cut. Without tunnels nothing would cut the
     * connection of a peer that is no longer trusted.
     *
     * @param wanted whether the switch is on
     * @param cutsUntrusted whether open tunnels are to end with the trust in a peer
     */
    public static @Nullable Neighbours where(boolean wanted, boolean cutsUntrusted) {
        if (wanted && cutsUntrusted) {
            LOG.warn(
                    "AMBIT_SAME_NODE_SHORTCUT has no effect",
                    "reason",
                    "CRL_PATH and AMBIT_CLOSE_ON_EXPIRY need tunnels to cut");
        }
        return wanted && !cutsUntrusted ? new Neighbours() : null;
    }

    /** A pod that is served on that loop from here on; it takes the place of one of its name. */
    @SuppressWarnings("ReferenceEquality") // of the same name is not enough
    public void open(LocalWorkload local, EventLoop loop, ConnectHandler inbound) {
        served.compute(
                local.info(),
                (info, pod) -> {
                    Map<EventLoop, ConnectHandler> doors = new HashMap<>();
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
     * tunnel has to do.
     */
    public @Nullable Door door(EventLoop loop, Workload workload) {
        Served pod =
                served.get(
                        new WorkloadInfo(
                                workload.name(), workload.namespace(), workload.serviceAccount()));
        if (pod == null) {
            return null;
        }
        ConnectHandler inbound = pod.inbound().get(loop);
        Workload current = pod.local().current();
        // A workload of that name elsewhere, or one that is on its way out, is not this pod.
        return inbound == null || current == null || !current.uid().equals(workload.uid())
                ? null
                : new Door(pod.local(), inbound);
    }
}
