package dev.ambit.ztunnel.telemetry;

import dev.ambit.api.workload.Workload;
import dev.ambit.policy.telemetry.AccessFacts;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.policy.telemetry.AccessRules;
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
        this.rules = AccessRules.of(rule, java.util.List.of());
    }

    /** From now on these. */
    public void follow(AccessRules next) {
        rules = next;
    }

    @Nullable ConnectionSink sink() {
        return sink;
    }

    /** The place of a new connection in a trace; null if nobody is told of traces. */
    @Nullable TraceContext trace(@Nullable String parent) {
        if (sink == null) {
            return null;
        }
        TraceContext below = TraceContext.below(parent);
        if (below == null) {
            return TraceContext.root(dice() < sampling.ratio());
        }
        return sampling.followsParent()
                ? below
                : new TraceContext(
                        below.traceId(),
                        below.spanId(),
                        below.parentId(),
                        dice() < sampling.ratio());
    }

    /** Whether a line of this end is wanted. */
    boolean wanted(ConnectionRecord record, @Nullable ConnectionFailure failure) {
        AccessRules current = rules;
        if (current.all()) {
            return true;
        }
        Peers peers = record.peers();
        boolean inbound = peers.reporter() == Reporter.DESTINATION;
        Workload local = inbound ? peers.destination() : peers.source();
        AccessRule rule =
                local == null ? current.of("", "") : current.of(local.uid(), local.namespace());
        return rule.equals(AccessRule.ALL) || rule.accepts(facts(record, inbound, failure), dice());
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
