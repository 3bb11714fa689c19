/** Fuzz targets: one class each, with what must hold for any bytes; {@code FuzzTest} runs them. */
@NullMarked
package dev.ambit.runtime.fuzz;

import org.jspecify.annotations.NullMarked;
