/** Doubles for tests; no production package uses them. */
@NullMarked
package dev.ambit.api.testing;

import org.jspecify.annotations.NullMarked;
