package dev.ambit.istiod.ca;

import dev.ambit.identity.Pem;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.x509.ChainVerifier;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Callers who show a certificate we issued: a workload that renews its own. The chain is checked
 * again at each call, so that a root taken away counts at once.
 */
public final class ClientCertificateAuthenticator implements CallerAuthenticator {

    private final Supplier<TrustBundle> bundle;
    private final TrustDomain trustDomain;
    private final Clock clock;

    public ClientCertificateAuthenticator(
            Supplier<TrustBundle> bundle, TrustDomain trustDomain, Clock clock) {
        this.bundle = bundle;
        this.trustDomain = trustDomain;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Authentication> authenticate(Credentials credentials) {
        return CompletableFuture.completedFuture(
                credentials
                        .tls()
                        .map(this::authenticate)
                        .orElseGet(() -> new Authentication.Unknown("no TLS session")));
    }

    private Authentication authenticate(SSLSession session) {
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : session.getPeerCertificates()) {
                chain.add(Pem.certificate(certificate.getEncoded()));
            }
            ChainVerifier.Verified verified =
                    new ChainVerifier(bundle.get()).verify(chain, clock.instant());
            if (!verified.id().trustDomain().equals(trustDomain)) {
                return new Authentication.Unknown(
                        "client certificate of %s (expected trust domain: %s)"
                                .formatted(verified.id(), trustDomain));
            }
            return new Authentication.Known(
                    new Caller.Account(verified.id().namespace(), verified.id().serviceAccount()));
        } catch (SSLPeerUnverifiedException e) {
            return new Authentication.Unknown("no client certificate");
        } catch (CertificateEncodingException | IllegalArgumentException e) {
            return new Authentication.Unknown("client certificate: " + e.getMessage());
        }
    }
}
