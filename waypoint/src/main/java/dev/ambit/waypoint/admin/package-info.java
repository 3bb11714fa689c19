/** Admin, metrics and readiness ports of the waypoint. */
@NullMarked
package dev.ambit.waypoint.admin;

import org.jspecify.annotations.NullMarked;
