/** One request's life, phase by phase. Uses {@code upstream}, {@code filter} and what they use. */
@NullMarked
package dev.ambit.waypoint.exchange;

import org.jspecify.annotations.NullMarked;
