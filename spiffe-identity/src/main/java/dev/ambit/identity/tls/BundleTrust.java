package dev.ambit.identity.tls;

import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.revocation.Revocation.Side;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import dev.ambit.identity.x509.WorkloadCertificate;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The check inside the handshake: the chain holds under the bundle and its leaf is an X509-SVID. It
 * leaves the peer's identity in the session, so that nobody parses the certificate again. Extended,
 * so that no provider wraps it with a check of host names.
 */
final class BundleTrust extends X509ExtendedTrustManager {

    private final VerifiedChains.Checker chains;
    private final Revocation revocation;
    private final SpiffeId own;
    private final Instant ownEnd;

    BundleTrust(
            VerifiedChains.Checker chains, Revocation revocation, WorkloadCertificate certificate) {
        this.chains = chains;
        this.revocation = revocation;
        this.own = certificate.id();
        this.ownEnd = certificate.notAfter();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String auth, SSLEngine engine)
            throws CertificateException {
        check(chain, engine, Side.DESTINATION);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String auth, SSLEngine engine)
            throws CertificateException {
        check(chain, engine, Side.SOURCE);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String auth, Socket socket)
            throws CertificateException {
        check(chain, null, Side.DESTINATION);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String auth, Socket socket)
            throws CertificateException {
        check(chain, null, Side.SOURCE);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String auth)
            throws CertificateException {
        check(chain, null, Side.DESTINATION);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String auth)
            throws CertificateException {
        check(chain, null, Side.SOURCE);
    }

    /** None: a list of names in the server's request would only make handshakes longer. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private void check(X509Certificate[] chain, @Nullable SSLEngine engine, Side side)
            throws CertificateException {
        SessionFacts facts = judge(chain, side);
        SSLSession session = engine == null ? null : engine.getHandshakeSession();
        if (session != null) {
            facts.into(session);
        }
    }

    /**
     * What the chain says about its owner, and for how long.
     *
     * @param side which one we are
     * @throws CertificateException if it is not to be trusted
     */
    SessionFacts judge(X509Certificate[] chain, Side side) throws CertificateException {
        ChainVerifier.Verified verified;
        try {
            verified = chains.check(chain);
        } catch (CertificateRejected e) {
            throw new CertificateException(e.getMessage(), e);
        }
        // Outside the memory of chains: a list may change while the chain does not.
        switch (revocation.judge(verified.path(), side)) {
            case GOOD -> {}
            case REVOKED -> throw revoked("peer certificate revoked by CRL");
            case REFUSED -> throw revoked("no revocation list speaks for the peer certificate");
        }
        Instant end = verified.notAfter().isBefore(ownEnd) ? verified.notAfter() : ownEnd;
        return new SessionFacts(
                new PeerIdentity(verified.id(), verified.serial()),
                verified.path(),
                own,
                end,
                revocation);
    }

    /** In the form that makes BoringSSL send the alert {@code certificate_revoked}. */
    private static CertificateException revoked(String reason) {
        return new OpenSslCertificateException(
                reason, new PeerRevoked(reason), CertificateVerifier.X509_V_ERR_CERT_REVOKED);
    }
}
