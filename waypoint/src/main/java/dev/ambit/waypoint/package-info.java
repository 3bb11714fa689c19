/** The namespace's L7 proxy. */
@NullMarked
package dev.ambit.waypoint;

import org.jspecify.annotations.NullMarked;
