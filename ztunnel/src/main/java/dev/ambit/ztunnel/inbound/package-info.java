/**
 * The path from the mesh to an application, step by step: {@link
 * dev.ambit.ztunnel.inbound.InboundPipeline}. Does not know outbound.
 */
@NullMarked
package dev.ambit.ztunnel.inbound;

import org.jspecify.annotations.NullMarked;
