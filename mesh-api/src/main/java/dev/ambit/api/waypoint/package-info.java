/**
 * What a waypoint does with requests: the records behind {@code ambit.waypoint.v1} and the codec
 * between the two. One user object is one resource; children point to parents. May use only the
 * generated messages and the words of {@link dev.ambit.api}.
 */
@NullMarked
package dev.ambit.api.waypoint;

import org.jspecify.annotations.NullMarked;
