package dev.ambit.ztunnel.telemetry;

import dev.ambit.client.ads.SubscriptionMetrics;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;

/** {@code istio_xds_*}: what the control plane sends and how often its stream ends. */
public final class XdsMetrics implements SubscriptionMetrics {

    private final CounterVec terminations;
    private final CounterVec messages;
    private final CounterVec bytes;

    /** Registers the families. */
    public XdsMetrics(MetricsRegistry registry) {
        terminations =
                registry.register(
                        CounterVec.total(
                                "istio_xds_connection_terminations",
                                "The total number of completed connections to xds server (unstable)"));
        messages =
                registry.register(
                        CounterVec.total(
                                "istio_xds_message",
                                "Total number of messages received (unstable)"));
        bytes =
                registry.register(
                        CounterVec.total(
                                "istio_xds_message_bytes",
                                "Total number of bytes received (unstable)"));
    }

    @Override
    public void received(String typeUrl, long size) {
        LabelSet url = LabelSet.of("url", typeUrl);
        messages.cell(url).increment();
        bytes.cell(url).add(size);
    }

    @Override
    public void rejected(String typeUrl, int resources) {
        // Upstream has no metric of it; the log names every rejected resource.
    }

    @Override
    public void terminated(Termination reason) {
        terminations.cell(LabelSet.of("reason", reason.label())).increment();
    }
}
