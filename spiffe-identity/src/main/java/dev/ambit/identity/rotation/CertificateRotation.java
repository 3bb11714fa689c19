package dev.ambit.identity.rotation;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.tls.MeshTls;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.identity.x509.WorkloadCertificate;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One certificate per id (ambient.md 1.15): fetched by priority, a few at once; renewed at half of
 * its life; kept until it expires when renewal fails; tried again with growing pauses. Its state
 * lives on the executor handed in, one thread that is not a data loop; every method may be called
 * from any thread. Futures and {@link Live} cells change on that executor.
 */
public final class CertificateRotation implements AutoCloseable {

    private static final Log LOG = Log.get("identity");

    /** A signer that does not answer holds one of few places. */
    static final Duration SIGN_TIMEOUT = Duration.ofSeconds(30);

    /**
     * Timers look at the clock at least this often: it may have been set, or the machine asleep.
     */
    static final Duration LONGEST_NAP = Duration.ofMinutes(1);

    /** After so many failures in a row a connection no longer waits, it is refused at once. */
    static final int HOPELESS_AFTER = 3;

    /** An identity somebody waits for is asked for this long after the last failure. */
    static final Duration DEMAND_PAUSE = Duration.ofSeconds(4);

    /** A node's identities learn of new roots within this, once one of them has. */
    static final Duration SWEEP = Duration.ofSeconds(10);

    /** Two CAs that disagree must not make the node ask them in turns without end. */
    private static final Duration SWEEP_PAUSE = Duration.ofMinutes(10);

    private final CertificateSigner signer;
    private final ScheduledExecutorService executor;
    private final Executor keys;
    private final RotationConfig config;
    private final Clock clock;
    private final Backoff backoff;
    private final Renewal renewal;

    /** Written by any thread that asks, read by all. */
    private final ConcurrentHashMap<SpiffeId, Entry> entries = new ConcurrentHashMap<>();

    private final PriorityQueue<Entry> queue =
            new PriorityQueue<>(
                    Comparator.comparing((Entry e) -> e.priority).thenComparingLong(e -> e.ticket));
    private int atSigner;
    private long tickets;
    private final RotationMetrics metrics;
    private Instant nextSweep = Instant.MIN;

    /**
     * @param executor one thread; everything but the making of keys happens there
     * @param keys where keys are made and requests signed, which takes its time
     */
    public CertificateRotation(
            CertificateSigner signer,
            ScheduledExecutorService executor,
            Executor keys,
            RotationConfig config,
            Clock clock) {
        this(signer, executor, keys, config, clock, () -> ThreadLocalRandom.current().nextDouble());
    }

    CertificateRotation(
            CertificateSigner signer,
            ScheduledExecutorService executor,
            Executor keys,
            RotationConfig config,
            Clock clock,
            DoubleSupplier jitter) {
        this.signer = signer;
        this.executor = executor;
        this.keys = keys;
        this.config = config;
        this.clock = clock;
        this.backoff = new Backoff(jitter);
        this.renewal = new Renewal(jitter);
        this.metrics = new RotationMetrics(entries.values(), clock);
    }

    /** Puts the families into the process's metrics. Once. */
    public void register(MetricsRegistry registry) {
        metrics.register(registry);
    }

    /** The certificate of an id, from now on; a later call with a higher priority promotes it. */
    public Live<CertificateState> watch(SpiffeId id, Priority priority) {
        return entry(id, priority).live;
    }

    /** The last watcher of the id is gone: no more renewals, key dropped. */
    public void forget(SpiffeId id) {
        Entry entry = entries.remove(id);
        if (entry != null) {
            executor.execute(() -> drop(entry, "identity is no longer used on this node"));
        }
    }

    /**
     * Watches with {@link Priority#REAL_TIME} and completes when there is a certificate;
     * exceptionally with {@link CertificateUnavailable} when the wait is over, or at once when
     * fetching has failed again and again.
     */
    public CompletableFuture<CertificateState.Ready> ready(SpiffeId id, Duration wait) {
        Entry entry = entry(id, Priority.REAL_TIME);
        if (entry.live.current() instanceof CertificateState.Ready ready) {
            return CompletableFuture.completedFuture(ready);
        }
        CompletableFuture<CertificateState.Ready> result = new CompletableFuture<>();
        executor.execute(() -> await(entry, wait, result));
        return result;
    }

    /** Every known id and its state, for the admin port. */
    public Map<SpiffeId, CertificateState> snapshot() {
        Map<SpiffeId, CertificateState> states = new TreeMap<>(Comparator.comparing(SpiffeId::uri));
        entries.forEach((id, entry) -> states.put(id, entry.live.current()));
        return states;
    }

    @Override
    public void close() {
        List.copyOf(entries.keySet()).forEach(this::forget);
    }

    private Entry entry(SpiffeId id, Priority priority) {
        Entry entry = entries.computeIfAbsent(id, i -> new Entry(i, priority, clock.instant()));
        // A certificate that works is renewed by its timer; nobody has to hurry it.
        if (!(entry.live.current() instanceof CertificateState.Ready)) {
            executor.execute(() -> want(entry, priority));
        }
        return entry;
    }

    private void want(Entry entry, Priority priority) {
        if (priority.compareTo(entry.priority) < 0) {
            boolean queued = queue.remove(entry);
            entry.priority = priority;
            if (queued) {
                queue.add(entry);
            }
        }
        if (priority == Priority.REAL_TIME && entry.failures > 0) {
            hurry(entry);
        }
        look(entry);
    }

    /**
     * Somebody wants to connect: the long pauses are for identities nobody needs right now. So a CA
     * that is back is found back within seconds.
     */
    private void hurry(Entry entry) {
        Instant soonest = entry.failedAt.plus(DEMAND_PAUSE);
        if (soonest.isBefore(entry.attemptAt)) {
            entry.attemptAt = soonest;
        }
    }

    /** Does what is due for the entry and sets its timer for what is not. */
    private void look(Entry entry) {
        if (entry.phase == Entry.Phase.FORGOTTEN) {
            return;
        }
        Instant now = clock.instant();
        if (entry.live.current() instanceof CertificateState.Ready ready
                && !now.isBefore(ready.certificate().notAfter())) {
            entry.live.set(
                    new CertificateState.Unavailable(
                            "certificate expired at %s, renewal failed: %s"
                                    .formatted(ready.certificate().notAfter(), entry.lastFailure)));
        }
        if (entry.failures > 0 && entry.attemptAt.isAfter(now.plus(Backoff.CAP))) {
            // The clock was set back meanwhile (reliability.md M10).
            entry.attemptAt = now;
        }
        if (entry.phase == Entry.Phase.IDLE && !now.isBefore(entry.attemptAt)) {
            entry.phase = Entry.Phase.QUEUED;
            entry.ticket = tickets++;
            queue.add(entry);
            startQueued();
        }
        setTimer(entry, now);
    }

    private void setTimer(Entry entry, Instant now) {
        entry.cancelTimer();
        Instant next = now.plus(LONGEST_NAP);
        if (entry.phase == Entry.Phase.IDLE && entry.attemptAt.isBefore(next)) {
            next = entry.attemptAt;
        }
        if (entry.live.current() instanceof CertificateState.Ready ready
                && ready.certificate().notAfter().isBefore(next)) {
            next = ready.certificate().notAfter();
        }
        long nanos = Math.max(0, Duration.between(now, next).toNanos());
        entry.timer = executor.schedule(() -> look(entry), nanos, TimeUnit.NANOSECONDS);
    }

    private void startQueued() {
        while (atSigner < config.concurrency()) {
            Entry next = queue.poll();
            if (next == null) {
                return;
            }
            start(next);
        }
    }

    private void start(Entry entry) {
        atSigner++;
        entry.phase = Entry.Phase.AT_SIGNER;
        Asking asking = Asking.start(entry.id, config.ttl(), signer, keys);
        CompletableFuture<List<String>> answer = asking.answer();
        entry.answer = answer;
        ScheduledFuture<?> timeout =
                executor.schedule(
                        () -> answer.completeExceptionally(noAnswer()),
                        SIGN_TIMEOUT.toNanos(),
                        TimeUnit.NANOSECONDS);
        CompletableFuture<List<String>> _ =
                answer.whenCompleteAsync(
                        (elements, failure) -> {
                            timeout.cancel(false);
                            finished(entry, asking.made(), elements, failure);
                        },
                        executor);
    }

    private static CertificateUnavailable noAnswer() {
        return new CertificateUnavailable("no answer in " + SIGN_TIMEOUT.toSeconds() + "s");
    }

    private void finished(
            Entry entry,
            CompletableFuture<SigningRequest> made,
            @Nullable List<String> elements,
            @Nullable Throwable failure) {
        atSigner--;
        entry.answer = null;
        if (entry.phase != Entry.Phase.FORGOTTEN) {
            entry.phase = Entry.Phase.IDLE;
            if (elements != null && failure == null) {
                accept(entry, made.join(), elements);
            } else {
                failed(entry, reason(failure));
            }
            look(entry);
        }
        startQueued();
    }

    private void accept(Entry entry, SigningRequest request, List<String> elements) {
        CertificateState.Ready ready;
        Instant now = clock.instant();
        try {
            WorkloadCertificate certificate = WorkloadCertificate.of(request, elements, now);
            ready =
                    new CertificateState.Ready(
                            certificate,
                            MeshTls.contexts(
                                    certificate, config.tls(), clock, config.cuts().revocation()));
        } catch (IllegalArgumentException e) {
            failed(entry, ClockSkew.explain(elements, now, String.valueOf(e.getMessage())));
            return;
        }
        entry.failures = 0;
        entry.lastEnd = ready.certificate().notAfter();
        entry.priority = Priority.BACKGROUND;
        entry.attemptAt = renewal.at(ready.certificate(), now);
        LOG.debug("certificate fetched", "certificate", ready.certificate());
        CertificateState before = entry.live.current();
        entry.live.set(ready);
        if (before instanceof CertificateState.Ready old) {
            bundleChanged(entry, old.certificate().bundle(), ready.certificate().bundle());
        }
        entry.takeWaiters().forEach(waiter -> waiter.complete(ready));
    }

    /**
     * New handshakes are under the new roots already. Open connections under one that has gone are
     * cut, and the node's other identities ask for the new bundle instead of half a life later.
     */
    private void bundleChanged(Entry entry, TrustBundle old, TrustBundle now) {
        if (old.generation().equals(now.generation())) {
            return;
        }
        if (!now.roots().containsAll(old.roots())) {
            config.cuts().rootsRemoved(entry.id, now);
        }
        Instant at = clock.instant();
        if (at.isBefore(nextSweep)) {
            return;
        }
        nextSweep = at.plus(SWEEP_PAUSE);
        for (Entry other : entries.values()) {
            if (other.phase == Entry.Phase.IDLE
                    && other.live.current() instanceof CertificateState.Ready ready
                    && !ready.certificate().bundle().generation().equals(now.generation())) {
                other.attemptAt = at.plus(backoff.within(SWEEP));
                look(other);
            }
        }
    }

    private void failed(Entry entry, String why) {
        entry.failures++;
        entry.lastFailure = why;
        Duration pause = backoff.after(entry.failures);
        entry.failedAt = clock.instant();
        entry.attemptAt = entry.failedAt.plus(pause);
        metrics.failed();
        LOG.warn(
                "certificate not fetched",
                "id",
                entry.id.uri(),
                "failures",
                entry.failures,
                "retry_in",
                pause.toMillis() + "ms",
                "error",
                why);
        if (!(entry.live.current() instanceof CertificateState.Ready)) {
            entry.live.set(new CertificateState.Unavailable(why));
            if (entry.failures >= HOPELESS_AFTER) {
                refuse(entry, why);
            }
        }
    }

    private void await(
            Entry entry, Duration wait, CompletableFuture<CertificateState.Ready> result) {
        if (entry.live.current() instanceof CertificateState.Ready ready) {
            result.complete(ready);
        } else if (entry.phase == Entry.Phase.FORGOTTEN || entry.failures >= HOPELESS_AFTER) {
            result.completeExceptionally(new CertificateUnavailable(entry.lastFailure));
        } else {
            entry.waiters.add(Waiter.until(wait, entry, result, executor));
        }
    }

    private void drop(Entry entry, String why) {
        queue.remove(entry);
        entry.phase = Entry.Phase.FORGOTTEN;
        entry.lastFailure = why;
        entry.cancelTimer();
        entry.live.set(new CertificateState.Unavailable(why));
        refuse(entry, why);
        if (entry.answer != null) {
            // Its place is free for another.
            entry.answer.completeExceptionally(new CertificateUnavailable(why));
        }
    }

    private static void refuse(Entry entry, String why) {
        entry.takeWaiters().forEach(waiter -> waiter.refuse(why));
    }

    private static String reason(@Nullable Throwable failure) {
        if (failure == null) {
            return "the signer gave neither certificate nor reason";
        }
        Throwable cause =
                failure instanceof java.util.concurrent.CompletionException
                                && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
