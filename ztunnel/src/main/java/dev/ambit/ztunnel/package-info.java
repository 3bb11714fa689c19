/**
 * The node's L4 proxy. {@link dev.ambit.ztunnel.Ztunnel} is the map of the process: which parts
 * there are and in which order they start.
 *
 * <pre>
 *   node agent --ZDS--> inpod: PodRegistry, PodProxy     control plane --xDS--> state
 *                          |            |                                        |
 *   application --15001--> outbound: OutboundPipeline ==HBONE==> peer            | asked by both
 *   application &lt;-------- inbound: InboundPipeline   &lt;==HBONE== peer (15008)     |
 *                          |       &lt;------------------ plain TCP (15006)
 *                       policy: open connections, asked again when policies change
 *                          |
 *                       telemetry: one log line and a few counters per connection
 * </pre>
 *
 * This package only composes; no other imports it.
 */
@NullMarked
package dev.ambit.ztunnel;

import org.jspecify.annotations.NullMarked;
