package dev.ambit.ztunnel;

import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.revocation.RevocationFile;
import dev.ambit.identity.tls.SessionCuts;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What ends the trust in a peer before its certificate does: revocation lists and, by choice, the
 * end of a certificate under an open tunnel.
 */
final class PeerTrust implements AutoCloseable {

    /** With {@code AMBIT_CLOSE_ON_EXPIRY} no tunnel outlives its certificates by more. */
    static final Duration EXPIRY_LOOK = Duration.ofSeconds(10);

    private final SessionCuts cuts;
    private final ScheduledExecutorService executor;
    private final Clock clock;
    private final boolean closeOnExpiry;
    private final @Nullable RevocationFile file;
    private @Nullable ScheduledFuture<?> expiry;

    PeerTrust(
            ZtunnelConfig.Trust trust,
            ScheduledExecutorService executor,
            Clock clock,
            MetricsRegistry metrics) {
        Revocation revocation = new Revocation(trust.unknown(), clock);
        this.cuts = new SessionCuts(revocation);
        this.executor = executor;
        this.clock = clock;
        this.closeOnExpiry = trust.closeOnExpiry();
        Path lists = trust.lists();
        if (lists == null) {
            this.file = null;
        } else {
            revocation.register(metrics);
            this.file = new RevocationFile(lists, revocation, executor);
        }
    }

    /** Judges new peers and tells of connections that may not go on. */
    SessionCuts cuts() {
        return cuts;
    }

    /** Reads the lists before the first handshake. */
    void start() {
        if (file != null) {
            file.start();
        }
        if (closeOnExpiry) {
            expiry =
                    executor.scheduleWithFixedDelay(
                            () -> cuts.expired(clock.instant()),
                            EXPIRY_LOOK.toSeconds(),
                            EXPIRY_LOOK.toSeconds(),
                            TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
        ScheduledFuture<?> running = expiry;
        if (running != null) {
            running.cancel(false);
        }
    }
}
