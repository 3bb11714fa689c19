/**
 * A tunnel as a Netty channel, where something else than bytes is spoken inside. Uses only the root
 * package.
 */
@NullMarked
package dev.ambit.hbone.tunnel;

import org.jspecify.annotations.NullMarked;
