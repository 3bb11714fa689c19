package dev.ambit.identity.testing;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.ca.RootStore;
import dev.ambit.identity.ca.SigningKey;
import dev.ambit.identity.tls.MeshTls;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.identity.tls.TlsPolicy;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.identity.x509.WorkloadCertificate;
import java.time.Clock;
import java.time.Duration;

/** An authority in memory and what it signs; each instance is another root. */
public final class TestCertificates {

    private final CertificateAuthority authority;
    private final Clock clock;

    public TestCertificates() {
        this(Clock.systemUTC());
    }

    public TestCertificates(Clock clock) {
        this.clock = clock;
        SigningKey root = RootStore.inMemory(TrustDomain.CLUSTER_LOCAL, clock);
        this.authority = new CertificateAuthority(root, clock);
    }

    public CertificateAuthority authority() {
        return authority;
    }

    public TrustBundle bundle() {
        return authority.bundle();
    }

    /** A fresh 24 h certificate. */
    public WorkloadCertificate workload(SpiffeId id) {
        return workload(id, Duration.ofHours(24));
    }

    public WorkloadCertificate workload(SpiffeId id, Duration ttl) {
        SigningRequest request = SigningRequest.create(id);
        return WorkloadCertificate.of(
                request, authority.issue(request.csrPem(), id, ttl), clock.instant());
    }

    /** Contexts of a fresh 24 h certificate, with the default policy. */
    public TlsContexts contexts(SpiffeId id) {
        return MeshTls.contexts(workload(id), TlsPolicy.DEFAULT, clock);
    }
}
