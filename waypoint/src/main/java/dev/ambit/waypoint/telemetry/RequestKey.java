package dev.ambit.waypoint.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * What makes one series of the HTTP metrics.
 *
 * @param grpcStatus null for plain HTTP
 */
record RequestKey(Parties parties, int status, @Nullable String grpcStatus, String flags) {}
