/** Doubles and fixtures for tests of all modules; no production code imports this. */
@NullMarked
package dev.ambit.runtime.testing;

import org.jspecify.annotations.NullMarked;
