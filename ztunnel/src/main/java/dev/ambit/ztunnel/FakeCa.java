package dev.ambit.ztunnel;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.ca.RootStore;
import dev.ambit.identity.rotation.CertificateSigner;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * {@code FAKE_CA=true}: a CA of this process alone, for tests. Peers of other processes do not
 * trust it.
 */
final class FakeCa implements CertificateSigner {

    private final CertificateAuthority authority;
    private final Executor executor;

    FakeCa(TrustDomain trustDomain, Executor executor) {
        this.executor = executor;
        Clock clock = Clock.systemUTC();
        this.authority = new CertificateAuthority(RootStore.inMemory(trustDomain, clock), clock);
    }

    @Override
    public CompletionStage<List<String>> sign(SpiffeId id, String csrPem, Duration ttl) {
        return CompletableFuture.supplyAsync(() -> authority.issue(csrPem, id, ttl), executor);
    }
}
