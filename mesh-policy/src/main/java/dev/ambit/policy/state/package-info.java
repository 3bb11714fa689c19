/**
 * What the control plane told: workloads, services and policies, with the indexes the data path
 * asks. One writer, readers without locks. May use only the words of {@link dev.ambit.policy}.
 */
@NullMarked
package dev.ambit.policy.state;

import org.jspecify.annotations.NullMarked;
