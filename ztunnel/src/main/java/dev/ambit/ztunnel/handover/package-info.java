/**
 * One process takes over from another without a connection noticing: listening sockets, then plain
 * connections, pass through a Unix socket, and the old process finishes its tunnels. {@link
 * dev.ambit.ztunnel.handover.TakeOver} is the new process's side, {@link
 * dev.ambit.ztunnel.handover.Succession} the old one's; docs/UPGRADE.md has the order. Uses inpod.
 */
@NullMarked
package dev.ambit.ztunnel.handover;

import org.jspecify.annotations.NullMarked;
