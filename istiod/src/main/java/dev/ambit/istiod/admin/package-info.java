/**
 * Pages for people and tools: readiness, version, {@code /debug/*}. They read copies taken on the
 * mesh loop and know no process around them.
 */
@NullMarked
package dev.ambit.istiod.admin;

import org.jspecify.annotations.NullMarked;
