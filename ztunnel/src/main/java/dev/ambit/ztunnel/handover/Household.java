package dev.ambit.ztunnel.handover;

import dev.ambit.policy.state.MeshView;
import dev.ambit.ztunnel.inpod.AgentConnection;
import dev.ambit.ztunnel.inpod.PodRegistry;
import java.util.function.IntSupplier;

/**
 * What a hand-over needs of its process.
 *
 * @param pods all pods
 * @param mesh where a moved connection's peers are looked up
 * @param ports admin, metrics, readiness
 * @param agent the connection to the node agent
 * @param drainPages opens the pages of a process that only finishes; gives their loopback port, 0
 *     if there is none
 */
public record Household(
        PodRegistry pods,
        MeshView mesh,
        Ports ports,
        AgentConnection agent,
        IntSupplier drainPages) {}
