/**
 * The accepting end: TLS, the peer's identity, then one {@link
 * dev.ambit.hbone.server.InboundConnect} per CONNECT. The path is {@link
 * dev.ambit.hbone.server.HboneServer}.
 */
@NullMarked
package dev.ambit.hbone.server;

import org.jspecify.annotations.NullMarked;
