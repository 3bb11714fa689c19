/**
 * The mesh as a whole: real processes, network namespaces as pods, and real peers where a binary is
 * given.
 */
@NullMarked
package dev.ambit.tests.mesh;

import org.jspecify.annotations.NullMarked;
