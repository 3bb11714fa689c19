/**
 * The namespace's L7 proxy. Its path, in the order bytes take it:
 *
 * <ol>
 *   <li>{@link dev.ambit.waypoint.ingress.IngressPipeline}: HBONE in, the inner protocol found;
 *   <li>{@link dev.ambit.waypoint.exchange.HttpExchange}: authorize, match, change, mirror,
 *       forward;
 *   <li>{@link dev.ambit.waypoint.upstream.UpstreamAttempt}: one try at one endpoint, HBONE out;
 *   <li>{@link dev.ambit.waypoint.failure.ErrorResponses}: what a client hears if that fails;
 *   <li>{@link dev.ambit.waypoint.telemetry.RequestRecord}: what is told afterwards.
 * </ol>
 *
 * <p>What decides is one immutable {@link dev.ambit.waypoint.xds.WaypointSnapshot}. A connection,
 * its requests and their other legs live on one event loop. This package only composes: {@link
 * dev.ambit.waypoint.Waypoint} is the process as a list of parts, {@link
 * dev.ambit.waypoint.DataPlane} the part that carries traffic.
 */
@NullMarked
package dev.ambit.waypoint;

import org.jspecify.annotations.NullMarked;
