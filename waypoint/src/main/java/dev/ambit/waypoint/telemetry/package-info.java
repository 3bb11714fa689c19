/**
 * What is told about finished requests and connections: metrics and access log. Uses nothing of
 * this module.
 */
@NullMarked
package dev.ambit.waypoint.telemetry;

import org.jspecify.annotations.NullMarked;
