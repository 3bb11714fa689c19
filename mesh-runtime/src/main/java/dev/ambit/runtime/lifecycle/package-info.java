/** Start in order, drain, stop in reverse. Uses {@code admin} and everything below. */
@NullMarked
package dev.ambit.runtime.lifecycle;

import org.jspecify.annotations.NullMarked;
