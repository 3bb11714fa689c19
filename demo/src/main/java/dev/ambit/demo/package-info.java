/**
 * The embedded mesh: a whole ambient mesh on one machine, as processes in network namespaces.
 *
 * <pre>
 *   Main ─┬─ Up ───────── cluster.Cluster ── bed.Bed      lives as long as the demo
 *         ├─ Down, Status, Logs, Exec ── RunningDemo      look at it from another terminal
 *         └─ scenario.Scenarios                           change it, and measure what happens
 * </pre>
 *
 * <p>{@link dev.ambit.demo.app} is what runs inside the pods and shares nothing with the rest.
 */
@NullMarked
package dev.ambit.demo;

import org.jspecify.annotations.NullMarked;
