/** The endpoints of one service, their load as this loop sees it, and the choice among them. */
@NullMarked
package dev.ambit.waypoint.cluster;

import org.jspecify.annotations.NullMarked;
