/**
 * A bed: network namespaces wired as a small data centre, and the processes that run in them.
 *
 * <pre>
 *   fabric ──┬── node1 ──┬── pod      one namespace each; a pod hangs on its node by a veth pair,
 *            │           └── pod      nodes hang on a bridge inside the fabric's namespace
 *            └── node2 ───── pod
 * </pre>
 *
 * <p>{@link dev.ambit.demo.bed.Bed} makes and removes all of it. Nothing touches the network of the
 * host, so any number of beds with different prefixes live side by side. Used by the demo and by
 * the tests of the whole mesh; knows nothing of meshes itself.
 */
@NullMarked
package dev.ambit.demo.bed;

import org.jspecify.annotations.NullMarked;
