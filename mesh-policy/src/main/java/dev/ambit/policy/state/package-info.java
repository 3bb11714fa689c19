/**
 * What the control plane told: workloads, services and policies, with the indexes the data path
 * asks. One writer, readers without locks. May use {@link dev.ambit.policy.match}.
 */
@NullMarked
package dev.ambit.policy.state;

import org.jspecify.annotations.NullMarked;
