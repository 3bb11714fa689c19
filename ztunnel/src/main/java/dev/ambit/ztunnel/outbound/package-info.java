/**
 * The path from an application into the mesh, step by step: {@link
 * dev.ambit.ztunnel.outbound.OutboundPipeline}. Does not know inbound.
 */
@NullMarked
package dev.ambit.ztunnel.outbound;

import org.jspecify.annotations.NullMarked;
