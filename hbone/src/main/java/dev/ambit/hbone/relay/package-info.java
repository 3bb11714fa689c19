/**
 * Couples a tunnel and a socket, or two sockets, until both directions are done: {@link
 * dev.ambit.hbone.relay.Relay}. Uses only the root package.
 */
@NullMarked
package dev.ambit.hbone.relay;

import org.jspecify.annotations.NullMarked;
