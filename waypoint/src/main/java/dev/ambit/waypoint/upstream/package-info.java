/**
 * Connections to destinations and one try at one endpoint. Uses {@code xds}, {@code cluster},
 * {@code failure}.
 */
@NullMarked
package dev.ambit.waypoint.upstream;

import org.jspecify.annotations.NullMarked;
