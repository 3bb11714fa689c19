/**
 * What can go wrong with a request, and the one place that says it to a client. Uses nothing of
 * this module.
 */
@NullMarked
package dev.ambit.waypoint.failure;

import org.jspecify.annotations.NullMarked;
