/**
 * The pods of the node: {@link dev.ambit.ztunnel.inpod.ZdsClient} hears of them from the node
 * agent, {@link dev.ambit.ztunnel.inpod.PodRegistry} keeps what should be and what is, {@link
 * dev.ambit.ztunnel.inpod.PodProxy} is one of them with its listeners. Uses outbound, inbound and
 * all below.
 */
@NullMarked
package dev.ambit.ztunnel.inpod;

import org.jspecify.annotations.NullMarked;
