/**
 * What the mesh is told about addresses and L4 policy: tables derived from objects, exactly as
 * Istio ambient derives them.
 *
 * <p>{@link dev.ambit.istiod.ambient.MeshInputs} holds the objects, {@link
 * dev.ambit.istiod.ambient.AmbientTables} lays out the derived tables in order: waypoints, service
 * backends, services, workloads, policies. Each recipe is a small pure class; {@link
 * dev.ambit.istiod.ambient.L4PolicyTranslation} and {@link
 * dev.ambit.istiod.ambient.PeerAuthenticationTranslation} know only records.
 */
@NullMarked
package dev.ambit.istiod.ambient;

import org.jspecify.annotations.NullMarked;
