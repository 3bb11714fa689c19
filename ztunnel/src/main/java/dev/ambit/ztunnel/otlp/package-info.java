/**
 * Tells an OpenTelemetry collector of finished connections. Loaded only where a collector is
 * configured.
 */
@NullMarked
package dev.ambit.ztunnel.otlp;

import org.jspecify.annotations.NullMarked;
