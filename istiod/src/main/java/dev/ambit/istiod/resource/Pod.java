package dev.ambit.istiod.resource;

import dev.ambit.api.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pod.
 *
 * @param uid tells it from an earlier one of its name; "" where nobody says (files)
 * @param containerPorts of the containers that run for the pod's whole life
 * @param controller who made it; null for a pod made by hand
 */
public record Pod(
        Meta meta,
        String uid,
        String serviceAccount,
        String nodeName,
        boolean hostNetwork,
        Phase phase,
        boolean ready,
        List<IpAddress> ips,
        List<ContainerPort> containerPorts,
        @Nullable Controller controller)
        implements MeshObject {

    public Pod {
        ips = List.copyOf(ips);
        containerPorts = List.copyOf(containerPorts);
    }

    /** Where a pod is in its life. */
    public enum Phase {
        PENDING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        UNKNOWN;

        /** It will not run again. */
        public boolean terminal() {
            return this == SUCCEEDED || this == FAILED;
        }
    }

    /** A port a container names. */
    public record ContainerPort(String name, int port) {}

    /** The owner that controls a pod. */
    public record Controller(String kind, String name) {}
}
