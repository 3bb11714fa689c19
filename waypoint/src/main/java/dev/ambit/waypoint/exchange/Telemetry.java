package dev.ambit.waypoint.exchange;

import dev.ambit.waypoint.telemetry.AccessLog;
import dev.ambit.waypoint.telemetry.MirrorMetrics;
import dev.ambit.waypoint.telemetry.RequestMetrics;
import dev.ambit.waypoint.telemetry.TcpMetrics;

/** Who is told about finished requests and connections. */
public record Telemetry(
        RequestMetrics requests,
        TcpMetrics connections,
        MirrorMetrics mirrors,
        AccessLog accessLog) {}
