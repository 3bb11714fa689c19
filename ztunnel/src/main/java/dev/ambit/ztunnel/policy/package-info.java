/**
 * The open connections of a pod and what may happen to them while they are open: asked again when
 * policies change, counted while they run, cut when the pod or the process ends. Uses state, socket
 * and telemetry.
 */
@NullMarked
package dev.ambit.ztunnel.policy;

import org.jspecify.annotations.NullMarked;
