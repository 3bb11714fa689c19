/** What changes a request or a response on its way. Uses {@code xds}. */
@NullMarked
package dev.ambit.waypoint.filter;

import org.jspecify.annotations.NullMarked;
