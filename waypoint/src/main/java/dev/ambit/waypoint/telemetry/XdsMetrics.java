package dev.ambit.waypoint.telemetry;

import dev.ambit.client.ads.SubscriptionMetrics;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;

/** What the control plane sends, refused resources included, and how often its stream ends. */
public final class XdsMetrics implements SubscriptionMetrics {

    private final CounterVec terminations;
    private final CounterVec messages;
    private final CounterVec bytes;
    private final CounterVec rejected;

    public XdsMetrics(MetricsRegistry registry) {
        terminations =
                registry.register(
                        CounterVec.total(
                                "istio_xds_connection_terminations",
                                "Streams to the control plane that ended."));
        messages =
                registry.register(
                        CounterVec.total("istio_xds_message", "Messages of the control plane."));
        bytes =
                registry.register(
                        CounterVec.total("istio_xds_message_bytes", "Bytes of the control plane."));
        rejected =
                registry.register(
                        CounterVec.total(
                                "ambit_xds_rejected", "Resources refused, by type of resource."));
    }

    @Override
    public void received(String typeUrl, long size) {
        LabelSet url = LabelSet.of("url", typeUrl);
        messages.cell(url).increment();
        bytes.cell(url).add(size);
    }

    @Override
    public void rejected(String typeUrl, int resources) {
        rejected.cell(LabelSet.of("url", typeUrl)).add(resources);
    }

    @Override
    public void terminated(Termination reason) {
        terminations.cell(LabelSet.of("reason", reason.label())).increment();
    }
}
