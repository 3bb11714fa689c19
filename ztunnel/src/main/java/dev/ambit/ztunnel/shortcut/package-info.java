/**
 * The same-node short cut: both pods are served by this process, so their sockets are coupled
 * without a tunnel, after everything a tunnel would have been asked: {@link
 * dev.ambit.ztunnel.shortcut.Neighbours}. Knows neither inbound nor outbound.
 */
@NullMarked
package dev.ambit.ztunnel.shortcut;

import org.jspecify.annotations.NullMarked;
