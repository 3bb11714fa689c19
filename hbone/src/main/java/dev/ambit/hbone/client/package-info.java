/**
 * The asking end: {@link dev.ambit.hbone.client.HbonePool} keeps the connections of one event loop
 * and opens tunnels on them; {@link dev.ambit.hbone.client.InnerTunnel} opens a tunnel inside a
 * tunnel.
 */
@NullMarked
package dev.ambit.hbone.client;

import org.jspecify.annotations.NullMarked;
