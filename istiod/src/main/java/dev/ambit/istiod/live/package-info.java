/**
 * Tables that follow each other: the way control-plane state changes.
 *
 * <p>{@link dev.ambit.istiod.live.LiveTable} holds what a source says; {@link
 * dev.ambit.istiod.live.DerivedTable} and {@link dev.ambit.istiod.live.IndexTable} hold what is
 * computed from tables made before them, and know which keys each of their values was computed
 * from. {@link dev.ambit.istiod.live.TableGraph#settle} runs one wave: only what depends on a
 * changed key is computed again, and an equal result stops the wave there. {@link
 * dev.ambit.istiod.live.MeshLoop} is the one thread on which all of this happens. Nothing here
 * knows what a table means.
 */
@NullMarked
package dev.ambit.istiod.live;

import org.jspecify.annotations.NullMarked;
