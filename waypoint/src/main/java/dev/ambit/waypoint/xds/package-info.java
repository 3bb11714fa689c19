/** What istiod sends, compiled to one immutable snapshot. Uses {@code cluster}. */
@NullMarked
package dev.ambit.waypoint.xds;

import org.jspecify.annotations.NullMarked;
