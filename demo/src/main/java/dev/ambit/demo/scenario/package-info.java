/**
 * What a mesh is for, tried on the running demo: each scenario writes real manifests where the
 * user's lie, measures real traffic before and after, and says how to undo it.
 */
@NullMarked
package dev.ambit.demo.scenario;

import org.jspecify.annotations.NullMarked;
