/**
 * What waypoints are told: HTTPRoutes, AuthorizationPolicies and services of the mesh become
 * resources of {@code ambit.waypoint.v1}, one user object one resource, shared by all waypoints
 * that serve one of its parents. {@link dev.ambit.istiod.routing.RoutingTables} is the map. May use
 * {@link dev.ambit.istiod.ambient} and what that may use.
 */
@NullMarked
package dev.ambit.istiod.routing;

import org.jspecify.annotations.NullMarked;
