/** The one registry of a process and the families with exact names. Uses {@code live}. */
@NullMarked
package dev.ambit.runtime.metrics;

import org.jspecify.annotations.NullMarked;
