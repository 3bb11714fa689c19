package dev.ambit.identity.rotation;

import dev.ambit.identity.SpiffeId;
import dev.ambit.runtime.live.Live;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * One certificate per id. Its state lives on the executor handed in, one thread; every method may
 * be called from any thread.
 */
public final class CertificateRotation implements AutoCloseable {

    public CertificateRotation(
            CertificateSigner signer,
            ScheduledExecutorService executor,
            RotationConfig config,
            Clock clock) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The certificate of an id, from now on; a later call with a higher priority promotes it. */
    public Live<CertificateState> watch(SpiffeId id, Priority priority) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The last watcher of the id is gone: no more renewals, key dropped. */
    public void forget(SpiffeId id) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Watches with {@link Priority#REAL_TIME} and completes when there is a certificate;
     * exceptionally with {@link CertificateUnavailable} when the wait is over or fetching failed.
     */
    public CompletableFuture<CertificateState.Ready> ready(SpiffeId id, Duration wait) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Every known id and its state, for the admin port. */
    public Map<SpiffeId, CertificateState> snapshot() {
        throw new UnsupportedOperationException("not built yet");
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException("not built yet");
    }
}
