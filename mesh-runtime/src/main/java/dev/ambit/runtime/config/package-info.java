/** Reading the environment, with every mistake reported at once. Uses {@code log}. */
@NullMarked
package dev.ambit.runtime.config;

import org.jspecify.annotations.NullMarked;
