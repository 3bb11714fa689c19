package dev.ambit.ztunnel.policy;

import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many connections one source identity may hold to a pod, and how many it may open a second.
 * Counted over all loops of the pod, by the identity of the certificate; plaintext has none and is
 * not counted. The table of identities is bounded: when it is full of those in use, another one is
 * refused. Any thread, without locks.
 */
public final class IdentityLimits {

    /** Identities one pod keeps count of. */
    static final int MAX_IDENTITIES = 10_000;

    private static final long SECOND = 1_000_000_000;

    /**
     * @param connections open at once; 0 for any number
     * @param rate new ones a second, a second's worth at once; 0 for any number
     * @param refusals counts what is refused; made by {@link #counter}
     */
    public record Rules(int connections, int rate, @Nullable CounterVec refusals) {

        /** No limit. */
        public static final Rules OFF = new Rules(0, 0, null);

        public Rules {
            if (connections < 0 || rate < 0) {
                throw new IllegalArgumentException(
                        "limit: " + Math.min(connections, rate) + " (expected: >= 0)");
            }
        }

        boolean isOff() {
            return connections == 0 && rate == 0;
        }
    }

    /** A connection that counts; it ends once. */
    public final class Lease {
        private final SpiffeId identity;
        private final Counts counts;

        private Lease(SpiffeId identity, Counts counts) {
            this.identity = identity;
            this.counts = counts;
        }

        /** Counts no more. Once. */
        void end() {
            if (counts.open.decrementAndGet() == 0 && rules.rate() == 0) {
                table.computeIfPresent(identity, (id, found) -> found.isIdle(0) ? null : found);
            }
        }
    }

    /** What comes of asking. */
    public sealed interface Admission {
        /** It counts from now on. */
        record Admitted(Lease lease) implements Admission {}

        /** It may not. */
        record Refused(ConnectionFailure failure) implements Admission {}
    }

    private static final class Counts {
        private final AtomicInteger open = new AtomicInteger();

        /** When the allowance is full again, by {@code clock}. */
        private final AtomicLong fullAt = new AtomicLong(Long.MIN_VALUE);

        boolean isIdle(long now) {
            return open.get() == 0 && fullAt.get() <= now;
        }
    }

    private final Rules rules;
    private final LongSupplier clock;
    private final int maxIdentities;
    private final ConcurrentHashMap<SpiffeId, Counts> table = new ConcurrentHashMap<>();
    private final AtomicLong sweptAt = new AtomicLong(Long.MIN_VALUE);
    private final long origin;

    private IdentityLimits(Rules rules, LongSupplier clock, int maxIdentities) {
        this.rules = rules;
        this.clock = clock;
        this.maxIdentities = maxIdentities;
        this.origin = clock.getAsLong();
    }

    /** Of one pod; null where there is nothing to limit. */
    public static @Nullable IdentityLimits of(Rules rules) {
        return of(rules, System::nanoTime, MAX_IDENTITIES);
    }

    static @Nullable IdentityLimits of(Rules rules, LongSupplier clock, int maxIdentities) {
        return rules.isOff() ? null : new IdentityLimits(rules, clock, maxIdentities);
    }

    /** Counts refusals by limit, for all pods. */
    public static CounterVec counter(MetricsRegistry registry) {
        return registry.register(
                CounterVec.total(
                        "ambit_identity_limit_refusals",
                        "The total number of inbound connections refused by a limit on their source identity"));
    }

    /** Asks for one more connection of that identity. */
    public Admission admit(SpiffeId identity) {
        long now = clock.getAsLong() - origin;
        if (table.size() >= maxIdentities && !table.containsKey(identity) && !makeRoom(now)) {
            return refused(
                    "identities",
                    "AMB1221 too many source identities at once: the limit is " + maxIdentities);
        }
        String[] over = new String[1];
        // Inside, so that the count cannot be dropped between being found and being raised.
        Counts counts =
                Objects.requireNonNull(
                        table.compute(
                                identity,
                                (id, found) -> {
                                    Counts of = found == null ? new Counts() : found;
                                    over[0] = take(of, now);
                                    return of;
                                }));
        String limit = over[0];
        if (limit == null) {
            return new Admission.Admitted(new Lease(identity, counts));
        }
        return limit.equals("connections")
                ? refused(
                        limit,
                        "AMB1222 too many connections of identity "
                                + identity
                                + ": AMBIT_MAX_CONNECTIONS_PER_IDENTITY is "
                                + rules.connections())
                : refused(
                        limit,
                        "AMB1223 too many new connections of identity "
                                + identity
                                + ": AMBIT_MAX_CONNECTION_RATE_PER_IDENTITY is "
                                + rules.rate());
    }

    /** Counts one that was let in elsewhere, whatever the limit is here. */
    public Lease count(SpiffeId identity) {
        Counts counts =
                Objects.requireNonNull(
                        table.compute(
                                identity,
                                (id, found) -> {
                                    Counts of = found == null ? new Counts() : found;
                                    of.open.incrementAndGet();
                                    return of;
                                }));
        return new Lease(identity, counts);
    }

    /** The limit it is over, or null and it counts. */
    private @Nullable String take(Counts counts, long now) {
        if (rules.connections() > 0 && counts.open.get() >= rules.connections()) {
            return "connections";
        }
        if (rules.rate() > 0) {
            // Each costs its share of a second; a second's worth may be taken in advance.
            long full = Math.max(counts.fullAt.get(), now) + Math.max(1, SECOND / rules.rate());
            if (full - now > SECOND) {
                return "rate";
            }
            counts.fullAt.set(full);
        }
        counts.open.incrementAndGet();
        return null;
    }

    /** Forgets who neither holds nor lately opened anything; looks at most once a second. */
    private boolean makeRoom(long now) {
        long before = sweptAt.get();
        if (now - SECOND >= before && sweptAt.compareAndSet(before, now)) {
            table.keySet()
                    .forEach(
                            id ->
                                    table.computeIfPresent(
                                            id, (key, of) -> of.isIdle(now) ? null : of));
        }
        return table.size() < maxIdentities;
    }

    private Admission refused(String limit, String reason) {
        CounterVec refusals = rules.refusals();
        if (refusals != null) {
            refusals.cell(LabelSet.of("limit", limit)).increment();
        }
        return new Admission.Refused(ConnectionFailure.overLimit(reason));
    }

    /** Identities counted now. */
    int identities() {
        return table.size();
    }
}
