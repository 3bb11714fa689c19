/** HBONE in, the inner protocol found, HTTP out. Uses {@code exchange} and what it uses. */
@NullMarked
package dev.ambit.waypoint.ingress;

import org.jspecify.annotations.NullMarked;
