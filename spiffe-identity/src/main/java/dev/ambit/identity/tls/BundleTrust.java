package dev.ambit.identity.tls;

import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
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

    /** Where {@link PeerVerifier} finds the identity. */
    static final String PEER = "dev.ambit.identity.peer";

    private final VerifiedChains.Checker chains;

    BundleTrust(VerifiedChains.Checker chains) {
        this.chains = chains;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String auth, SSLEngine engine)
            throws CertificateException {
        check(chain, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String auth, SSLEngine engine)
            throws CertificateException {
        check(chain, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String auth, Socket socket)
            throws CertificateException {
        check(chain, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String auth, Socket socket)
            throws CertificateException {
        check(chain, null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String auth)
            throws CertificateException {
        check(chain, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String auth)
            throws CertificateException {
        check(chain, null);
    }

    /** None: a list of names in the server's request would only make handshakes longer. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    private void check(X509Certificate[] chain, @Nullable SSLEngine engine)
            throws CertificateException {
        ChainVerifier.Verified verified;
        try {
            verified = chains.check(chain);
        } catch (CertificateRejected e) {
            throw new CertificateException(e.getMessage(), e);
        }
        SSLSession session = engine == null ? null : engine.getHandshakeSession();
        if (session != null) {
            session.putValue(PEER, new PeerIdentity(verified.id(), verified.serial()));
        }
    }
}
