/**
 * The control plane. An object's way through it, hop by hop:
 *
 * <ol>
 *   <li>{@code directory} or {@code kube} reads it, {@code resource} checks it: a record, or the
 *       reasons it is none, by file, line and field.
 *   <li>{@link dev.ambit.istiod.ControlPlane} hops onto the one mesh loop ({@code live}) and puts
 *       it into the inputs.
 *   <li>A wave computes again what depends on it: {@code ambient} for addresses and L4 policy,
 *       {@code routing} for waypoints. Equal results stop there.
 *   <li>{@link dev.ambit.istiod.AmbientFeed} and {@link dev.ambit.istiod.WaypointFeed} encode what
 *       changed, once, into the catalog of {@code xds}; every stream that wants it sends it.
 * </ol>
 *
 * {@code ca} signs certificates for those who may have them, {@code admin} shows all of this. This
 * package only composes: {@link dev.ambit.istiod.Istiod} starts the parts in order.
 */
@NullMarked
package dev.ambit.istiod;

import org.jspecify.annotations.NullMarked;
