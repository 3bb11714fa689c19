/**
 * What this proxy knows: the mesh state and who fills it, the workloads it stands for and their
 * certificates. Uses socket and telemetry only.
 */
@NullMarked
package dev.ambit.ztunnel.state;

import org.jspecify.annotations.NullMarked;
