package dev.ambit.ztunnel.handover;

import dev.ambit.runtime.net.EventLoops;
import dev.ambit.ztunnel.inpod.AgentConnection;
import dev.ambit.ztunnel.inpod.PodRegistry;
import java.util.function.IntSupplier;

/**
 * What a hand-over needs of its process.
 *
 * @param pods all pods
 * @param elders the processes before this one
 * @param ports admin, metrics, readiness
 * @param agent the connection to the node agent
 * @param drainPages opens the pages of a process that only finishes; gives their loopback port, 0
 *     if there is none
 * @param loops where a connection to oneself is rehearsed
 */
public record Household(
        PodRegistry pods,
        Elders elders,
        Ports ports,
        AgentConnection agent,
        IntSupplier drainPages,
        EventLoops loops) {}
