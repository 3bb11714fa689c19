package dev.ambit.ztunnel.telemetry;

import dev.ambit.api.workload.Workload;
import dev.ambit.policy.telemetry.AccessFacts;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.AccessRules;
import dev.ambit.policy.telemetry.TraceRule;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a connection's end beside being counted: which lines are wanted, and who else is
 * told. Where everything is logged and nobody else is told, it costs two reads. Any thread.
 */
public final class Reports {

    /**
     * Which connections begin a sampled trace.
     *
     * @param ratio 0 to 1
     * @param followsParent whether the other proxy's decision counts where there is one
     */
    public record Sampling(double ratio, boolean followsParent) {}

    /** Everything is logged, nothing exported. */
    public static final Reports LOG_ONLY = new Reports(AccessRule.ALL, null, new Sampling(0, true));

    private static final AccessFacts.Party NOBODY = new AccessFacts.Party("", "", "");

    private final @Nullable ConnectionSink sink;
    private final Sampling sampling;

    /** Read by every connection, replaced when the control plane says something new. */
    private volatile AccessRules rules;

    /**
     * @param rule what is logged where the control plane says nothing
     * @param sink who is told beside the log, null is nobody
     */
    public Reports(AccessRule rule, @Nullable ConnectionSink sink, Sampling sampling) {
        this.sink = sink;
        this.sampling = sampling;
        this.rules = AccessRules.of(rule, List.of());
    }

    /** From now on these. */
    public void follow(AccessRules next) {
        rules = next;
    }

    @Nullable ConnectionSink sink() {
        return sink;
    }

    /**
     * The place of a new connection in a trace; null if nobody is told of traces.
     *
     * @param local the pod's workload; null if it is not known
     * @param parent the header the other proxy sent; null without
     */
    @Nullable TraceContext trace(@Nullable Workload local, @Nullable String parent) {
        if (sink == null) {
            return null;
        }
        TraceContext below = TraceContext.below(parent);
        if (below == null) {
            return TraceContext.root(dice() < ratio(local));
        }
        return sampling.followsParent()
                ? below
                : new TraceContext(
                        below.traceId(), below.spanId(), below.parentId(), dice() < ratio(local));
    }

    private double ratio(@Nullable Workload local) {
        TraceRule rule = tracing(local);
        Double stated = rule == null ? null : rule.sampling();
        return stated == null ? sampling.ratio() : stated;
    }

    private @Nullable TraceRule tracing(@Nullable Workload local) {
        return local == null
                ? rules.tracing("", "")
                : rules.tracing(local.uid(), local.namespace());
    }

    /** The place as the collector is told of it: a span that nobody wants is none. */
    TraceContext told(TraceContext place, boolean inbound, @Nullable Workload local) {
        TraceRule rule = place.sampled() ? tracing(local) : null;
        return rule == null || rule.reports(inbound) ? place : place.unsampled();
    }

    /** Whether a line of this end is wanted. */
    boolean wanted(ConnectionRecord record, @Nullable ConnectionFailure failure) {
        AccessRules current = rules;
        if (current.all()) {
            return true;
        }
        Peers peers = record.peers();
        boolean inbound = peers.reporter() == Reporter.DESTINATION;
        Workload local = peers.local();
        AccessRule rule =
                local == null ? current.of("", "") : current.of(local.uid(), local.namespace());
        return rule.equals(AccessRule.ALL) || rule.accepts(facts(record, inbound, failure), dice());
    }

    /**
     * A connection refused before its peers were known: no metric, a short line.
     *
     * @param local the pod's workload, whose rule decides; null if it is not known
     */
    void refused(
            Reporter reporter,
            @Nullable Workload local,
            InetSocketAddress source,
            InetSocketAddress destination,
            ConnectionFailure failure) {
        boolean wanted = wanted(reporter == Reporter.DESTINATION, local, failure);
        TraceContext begun = trace(local, null);
        TraceContext place =
                begun == null ? null : told(begun, reporter == Reporter.DESTINATION, local);
        if (!wanted && (place == null || !place.sampled())) {
            return;
        }
        List<Object> line = AccessLog.lineOf(reporter, source, destination, failure);
        if (wanted) {
            AccessLog.refused(line);
        }
        if (sink != null && place != null) {
            Instant now = Instant.now();
            sink.ended(
                    new ConnectionSink.Report(
                            now, now, reporter, place, wanted, AccessLog.REFUSED, true, line));
        }
    }

    private boolean wanted(boolean inbound, @Nullable Workload local, ConnectionFailure failure) {
        AccessRules current = rules;
        if (current.all()) {
            return true;
        }
        AccessRule rule =
                local == null ? current.of("", "") : current.of(local.uid(), local.namespace());
        AccessFacts.Party here =
                local == null ? NOBODY : new AccessFacts.Party(local.namespace(), local.name(), "");
        return rule.accepts(
                new AccessFacts(
                        inbound,
                        failure.flag().label(),
                        inbound ? NOBODY : here,
                        inbound ? here : NOBODY,
                        "",
                        false,
                        0,
                        0),
                dice());
    }

    private static AccessFacts facts(
            ConnectionRecord record, boolean inbound, @Nullable ConnectionFailure failure) {
        TrafficLabels.End source = record.labels().source();
        TrafficLabels.End destination = record.labels().destination();
        ServiceName service = record.peers().service();
        return new AccessFacts(
                inbound,
                (failure == null ? ResponseFlag.NONE : failure.flag()).label(),
                party(record.peers().source(), source),
                party(record.peers().destination(), destination),
                service == null ? "" : service.hostname(),
                record.peers().mutualTls(),
                record.age().toMillis(),
                record.receivedBytes() + record.sentBytes());
    }

    private static AccessFacts.Party party(@Nullable Workload pod, TrafficLabels.End end) {
        return new AccessFacts.Party(
                text(end.namespace()),
                pod == null ? text(end.canonicalName()) : pod.name(),
                text(end.principal()));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static double dice() {
        return ThreadLocalRandom.current().nextDouble();
    }
}
