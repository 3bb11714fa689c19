package dev.ambit.client.channel;

import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Judges istiod's server certificate: its chain under our roots, its use, its names. Extended, so
 * that no provider adds a check of its own; the names accepted may be two.
 */
final class IstiodTrust extends X509ExtendedTrustManager {

    private static final String EKU_SERVER = "1.3.6.1.5.5.7.3.1";

    /** Checks a chain, or says why not. */
    private interface Chain {
        void check(X509Certificate[] chain, String auth) throws CertificateException;
    }

    private final Chain chain;
    private final ServerNames names;

    private IstiodTrust(Chain chain, ServerNames names) {
        this.chain = chain;
        this.names = names;
    }

    static IstiodTrust under(TrustBundle bundle, ServerNames names) {
        ChainVerifier verifier = new ChainVerifier(bundle);
        return new IstiodTrust((c, auth) -> checkPath(verifier, c), names);
    }

    static IstiodTrust underSystemRoots(ServerNames names) {
        try {
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return new IstiodTrust(x509::checkServerTrusted, names);
                }
            }
            throw new IllegalStateException("the JDK has no trust manager for X.509");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK's roots cannot be read", e);
        }
    }

    private static void checkPath(ChainVerifier verifier, X509Certificate[] chain)
            throws CertificateException {
        try {
            verifier.verifyPath(
                    Arrays.stream(chain).map(IstiodTrust::parsed).toList(), Instant.now());
        } catch (CertificateRejected e) {
            throw new CertificateException("istiod's certificate: " + e.getMessage(), e);
        }
    }

    /** Netty's are lazy; a path wants the JDK's own. */
    private static X509Certificate parsed(X509Certificate lazy) {
        try {
            return dev.ambit.identity.Pem.certificate(lazy.getEncoded());
        } catch (CertificateException | IllegalArgumentException e) {
            throw new CertificateRejected("certificate cannot be read", e);
        }
    }

    private void check(X509Certificate[] presented, String auth) throws CertificateException {
        chain.check(presented, auth);
        List<String> usages = presented[0].getExtendedKeyUsage();
        if (usages != null && !usages.contains(EKU_SERVER)) {
            throw new CertificateException(
                    "istiod's certificate: extended key usage %s (expected: serverAuth)"
                            .formatted(usages));
        }
        names.check(presented[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String auth)
            throws CertificateException {
        check(chain, auth);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String auth, Socket socket)
            throws CertificateException {
        check(chain, auth);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String auth, SSLEngine engine)
            throws CertificateException {
        check(chain, auth);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String auth)
            throws CertificateException {
        throw new CertificateException("this is the trust of a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String auth, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, auth);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String auth, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, auth);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
