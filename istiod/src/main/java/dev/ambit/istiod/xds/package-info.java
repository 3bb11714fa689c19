/**
 * What proxies are told, and what they have heard.
 *
 * <p>{@link dev.ambit.istiod.xds.ResourceCatalog} holds each resource encoded once; {@link
 * dev.ambit.istiod.xds.DeltaXdsService} answers delta ADS streams, each with a {@link
 * dev.ambit.istiod.xds.DeltaSession} that knows what its proxy wants, has and acknowledged. All of
 * it lives on the mesh loop. Nothing here knows where resources come from.
 */
@NullMarked
package dev.ambit.istiod.xds;

import org.jspecify.annotations.NullMarked;
