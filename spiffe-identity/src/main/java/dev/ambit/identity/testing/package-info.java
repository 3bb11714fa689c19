/** Doubles for tests of this and other modules: an authority in memory, a signer by hand. */
@NullMarked
package dev.ambit.identity.testing;

import org.jspecify.annotations.NullMarked;
