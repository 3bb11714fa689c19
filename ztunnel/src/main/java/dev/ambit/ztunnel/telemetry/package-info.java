/**
 * What is told of connections: one access-log line and a few counters each, in the names and forms
 * of Istio's ambient mode. Uses no other package of the module.
 */
@NullMarked
package dev.ambit.ztunnel.telemetry;

import org.jspecify.annotations.NullMarked;
