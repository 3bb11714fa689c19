package dev.ambit.waypoint.cluster;

import dev.ambit.api.workload.Workload;
import java.net.InetSocketAddress;

/**
 * One place that serves a port of a service.
 *
 * @param address the workload's own address and the port it serves on
 */
public record Endpoint(Workload workload, InetSocketAddress address) {}
