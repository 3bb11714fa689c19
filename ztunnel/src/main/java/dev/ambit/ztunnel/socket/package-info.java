/**
 * Sockets of a pod: made in its namespace, marked, with the client's address where wanted. Uses no
 * other package of the module.
 */
@NullMarked
package dev.ambit.ztunnel.socket;

import org.jspecify.annotations.NullMarked;
