/**
 * One HTTP/2 connection of CONNECT tunnels, either role: {@link
 * dev.ambit.hbone.connection.HboneConnection} is its Netty handler and owns everything else here.
 *
 * <pre>
 *   bytes in   FrameReader → Dispatch → TunnelStream → its receiver
 *   bytes out  TunnelStream → SendFlow (windows, turns) → Outbox (one piece per flush) → TLS
 *   credit     receiver → TunnelStream → Window → WINDOW_UPDATE
 * </pre>
 *
 * Everything is confined to the connection's event loop. Uses the frame and root packages.
 */
@NullMarked
package dev.ambit.hbone.connection;

import org.jspecify.annotations.NullMarked;
