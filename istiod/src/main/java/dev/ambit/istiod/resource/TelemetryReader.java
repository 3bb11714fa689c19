package dev.ambit.istiod.resource;

import dev.ambit.policy.telemetry.AccessFilter;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.TraceRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Telemetry: its access logging and tracing, at the node proxies. Of metrics only what the mesh
 * does anyway is taken: metrics to Prometheus.
 */
final class TelemetryReader {

    /** Which part of the connections that ended well gets a line. */
    static final String SAMPLING = "ambit.dev/access-log-sampling";

    private enum Mode {
        BOTH(true, true),
        OUTBOUND(false, true),
        INBOUND(true, false);

        private final boolean inbound;
        private final boolean outbound;

        Mode(boolean inbound, boolean outbound) {
            this.inbound = inbound;
            this.outbound = outbound;
        }
    }

    private static final Map<String, Mode> MODES =
            Map.of(
                    "CLIENT_AND_SERVER", Mode.BOTH,
                    "CLIENT", Mode.OUTBOUND,
                    "SERVER", Mode.INBOUND);

    private TelemetryReader() {}

    static MeshObject read(Meta meta, Fields object) {
        Fields spec = object.object("spec");
        for (String target : List.of("targetRef", "targetRefs")) {
            if (spec.has(target)) {
                spec.unsupported(
                        target,
                        "telemetry of single gateways and services (expected: selector, or neither)",
                        "remove it; a waypoint's access log is set where the waypoint is deployed");
            }
        }
        for (Fields metrics : spec.objects("metrics")) {
            if (metrics.has("overrides")) {
                metrics.unsupported(
                        "overrides",
                        "changes of metrics (expected: none)",
                        "drop labels where Prometheus reads them");
            }
        }
        return new Telemetry(
                meta,
                SelectorReader.workloadSelector(spec),
                access(meta, object.object("metadata"), spec),
                tracing(spec));
    }

    /** Providers are not asked: a node proxy has one collector, which its environment names. */
    private static @Nullable TraceRule tracing(Fields spec) {
        List<Fields> entries = spec.objects("tracing");
        if (entries.isEmpty()) {
            return null;
        }
        boolean inbound = true;
        boolean outbound = true;
        Double sampling = null;
        for (Fields entry : entries) {
            Mode mode = entry.object("match").choice("mode", Mode.BOTH, MODES);
            if (entry.flag("disableSpanReporting")) {
                inbound &= !mode.inbound;
                outbound &= !mode.outbound;
            }
            if (entry.has("customTags")) {
                entry.unsupported(
                        "customTags",
                        "tags of connection spans (expected: none)",
                        "add them at the collector; resource attributes are OTEL_RESOURCE_ATTRIBUTES");
            }
            Double own = percentage(entry);
            if (own != null && sampling != null && !own.equals(sampling)) {
                entry.unsupported(
                        "randomSamplingPercentage",
                        "a second percentage in one object (expected: one)",
                        "a trace begins at a client: only its percentage counts");
            }
            sampling = own == null ? sampling : own;
        }
        return new TraceRule(inbound, outbound, sampling);
    }

    private static @Nullable Double percentage(Fields entry) {
        Object value = entry.raw("randomSamplingPercentage");
        if (value == null) {
            return null;
        }
        if (value instanceof Number number
                && number.doubleValue() >= 0
                && number.doubleValue() <= 100) {
            return number.doubleValue() / 100;
        }
        entry.invalid("randomSamplingPercentage", "a number from 0 to 100");
        return null;
    }

    private static @Nullable AccessRule access(Meta meta, Fields metadata, Fields spec) {
        List<Fields> entries = spec.objects("accessLogging");
        double sampling = sampling(meta, metadata);
        if (entries.isEmpty()) {
            return null;
        }
        boolean inbound = false;
        boolean outbound = false;
        AccessFilter filter = null;
        for (Fields entry : entries) {
            Mode mode = entry.object("match").choice("mode", Mode.BOTH, MODES);
            if (entry.flag("disabled")) {
                continue;
            }
            inbound |= mode.inbound;
            outbound |= mode.outbound;
            AccessFilter own = entry.object("filter").parsedText("expression", AccessFilter::parse);
            if (filter != null && own != null && !own.equals(filter)) {
                entry.unsupported(
                        "filter",
                        "a second filter in one object (expected: one)",
                        "join them: connection.direction tells the sides apart");
            }
            filter = own == null ? filter : own;
        }
        return new AccessRule(inbound, outbound, filter, sampling);
    }

    private static double sampling(Meta meta, Fields metadata) {
        String text = meta.annotation(SAMPLING).orElse("1");
        try {
            double sampling = Double.parseDouble(text);
            if (sampling >= 0 && sampling <= 1) {
                return sampling;
            }
        } catch (NumberFormatException notANumber) {
            // told below
        }
        metadata.object("annotations").invalid(SAMPLING, "a number from 0 to 1");
        return 1;
    }
}
