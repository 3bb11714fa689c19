/**
 * The run from which the cache of classes is made ({@code ztunnel/aot}): the whole proxy with a
 * control plane, a node agent and one pod of its own, in one process and one network namespace.
 * Nothing else uses it.
 */
@NullMarked
package dev.ambit.ztunnel.training;

import org.jspecify.annotations.NullMarked;
