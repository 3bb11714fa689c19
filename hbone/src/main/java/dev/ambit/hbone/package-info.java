/**
 * How do bytes travel? HTTP/2 CONNECT tunnels over mesh TLS (HBONE).
 *
 * <pre>
 *   server ─┐
 *           ├─ connection ── frame ── (this package: {@link dev.ambit.hbone.HboneStream})
 *   client ─┘
 *   relay   couples a tunnel and a socket        tunnel   a tunnel as a Netty channel
 * </pre>
 *
 * A connection, its tunnels and their other legs live on one event loop; nothing here locks or
 * blocks. The root holds the words everything speaks: {@link dev.ambit.hbone.ConnectRequest},
 * {@link dev.ambit.hbone.HboneStream}, {@link dev.ambit.hbone.HboneSettings}.
 */
@NullMarked
package dev.ambit.hbone;

import org.jspecify.annotations.NullMarked;
