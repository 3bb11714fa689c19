package dev.ambit.identity.tls;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.x509.ChainVerifier;
import dev.ambit.identity.x509.WorkloadCertificate;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Contexts of mesh TLS (ambient.md 1.14): TLS 1.3 by BoringSSL, ALPN {@code h2}, certificates on
 * both sides, no SNI, no resumption. The chain of a peer is checked inside the handshake; who the
 * peer is, right after it, by {@link PeerVerifier}.
 *
 * <p>BoringSSL does not let anyone choose the suites of TLS 1.3: AES-GCM is preferred, ChaCha20
 * stays offered.
 */
public final class MeshTls {

    private static final VerifiedChains VERIFIED = new VerifiedChains();

    private static final List<String> TLS13_SUITES =
            List.of(
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_CHACHA20_POLY1305_SHA256");

    private static final List<String> TLS12_SUITES =
            List.of(
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    private static final ApplicationProtocolConfig ALPN_H2 =
            new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2);

    private MeshTls() {}

    /** Costs milliseconds: called off the data loops. */
    public static TlsContexts contexts(WorkloadCertificate certificate, TlsPolicy policy) {
        return contexts(certificate, policy, Clock.systemUTC());
    }

    /** Contexts that judge the validity of peers by a given clock. */
    public static TlsContexts contexts(
            WorkloadCertificate certificate, TlsPolicy policy, Clock clock) {
        return contexts(certificate, policy, clock, Revocation.OFF);
    }

    /** Contexts that also ask revocation lists about every peer. */
    public static TlsContexts contexts(
            WorkloadCertificate certificate, TlsPolicy policy, Clock clock, Revocation revocation) {
        List<X509Certificate> chain = certificate.chain();
        revocation.knows(certificate.bundle(), chain.subList(1, chain.size()));
        BundleTrust trust =
                new BundleTrust(
                        VERIFIED.under(certificate.bundle(), clock), revocation, certificate);
        KeyManagerFactory key = OwnKey.of(certificate);
        return new TlsContexts(
                build(SslContextBuilder.forClient().keyManager(key), trust, policy),
                build(SslContextBuilder.forServer(key), trust, policy),
                certificate.id(),
                certificate.serial(),
                certificate.notAfter(),
                new LocalParty(certificate, trust));
    }

    /** Contexts that fail every handshake: what serves while there is no certificate. */
    public static TlsContexts refusing() {
        return Refusing.CONTEXTS;
    }

    /** Made at first use: most processes have a certificate before they have a connection. */
    private static final class Refusing {
        static final TlsContexts CONTEXTS =
                new TlsContexts(
                        build(
                                SslContextBuilder.forClient(),
                                new RefuseAll.Peers(),
                                TlsPolicy.DEFAULT),
                        build(
                                SslContextBuilder.forServer(new RefuseAll.Keys()),
                                new RefuseAll.Peers(),
                                TlsPolicy.DEFAULT),
                        SpiffeId.of("refused.invalid", "none", "none"),
                        BigInteger.ZERO,
                        Instant.EPOCH,
                        null);
    }

    private static SslContext build(
            SslContextBuilder builder, X509ExtendedTrustManager trust, TlsPolicy policy) {
        builder.sslProvider(SslProvider.OPENSSL_REFCNT)
                .trustManager(trust)
                .clientAuth(ClientAuth.REQUIRE)
                .applicationProtocolConfig(ALPN_H2)
                // Names are judged by PeerVerifier; a client of the mesh has no host name.
                .endpointIdentificationAlgorithm(null)
                .option(OpenSslContextOption.GROUPS, policy.groups().toArray(String[]::new))
                .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, ChainVerifier.MAX_BYTES);
        if (policy.tls12()) {
            builder.protocols("TLSv1.3", "TLSv1.2");
            builder.ciphers(Stream.concat(TLS13_SUITES.stream(), TLS12_SUITES.stream()).toList());
        } else {
            builder.protocols("TLSv1.3");
        }
        try {
            SslContext context = builder.build();
            withoutResumption(context);
            return MeshSslContext.owning(context);
        } catch (SSLException e) {
            throw new IllegalArgumentException(
                    "TLS context: cannot be made with groups " + policy.groups(), e);
        }
    }

    /**
     * A session taken up again would carry a verdict over a change of roots (reliability.md A04).
     */
    private static void withoutResumption(SslContext context) {
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        }
    }
}
