/** A control plane for tests: delta ADS and a CA on loopback. */
@NullMarked
package dev.ambit.client.testing;

import org.jspecify.annotations.NullMarked;
