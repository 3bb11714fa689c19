/** Doubles and short ways for tests; no production package uses them. */
@NullMarked
package dev.ambit.istiod.testing;

import org.jspecify.annotations.NullMarked;
