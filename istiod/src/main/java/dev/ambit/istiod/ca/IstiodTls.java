package dev.ambit.istiod.ca;

import dev.ambit.identity.Pem;
import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS of istiod's own ports: a certificate of its own authority for its own names, and a client
 * certificate of the mesh where there is one. Both follow the authority: a renewed or replaced key
 * shows in the next handshake.
 */
public final class IstiodTls {

    private IstiodTls() {}

    /**
     * The context of a server.
     *
     * @param names DNS names and IP addresses it is called by
     */
    public static SslContext server(
            CertificateAuthority authority, List<String> names, Clock clock) {
        try {
            return GrpcSslContexts.configure(
                            SslContextBuilder.forServer(new ServerKeys(authority, names, clock)),
                            SslProvider.OPENSSL)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .trustManager(new MeshClients(authority, clock))
                    .clientAuth(ClientAuth.OPTIONAL)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS of istiod's ports: cannot be set up", e);
        }
    }

    /** Client certificates are optional, but one that is shown has to be good. */
    private static final class MeshClients extends X509ExtendedTrustManager {

        private final CertificateAuthority authority;
        private final Clock clock;

        MeshClients(CertificateAuthority authority, Clock clock) {
            this.authority = authority;
            this.clock = clock;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String auth)
                throws CertificateException {
            try {
                List<X509Certificate> parsed = new ArrayList<>();
                for (X509Certificate lazy : chain) {
                    parsed.add(Pem.certificate(lazy.getEncoded()));
                }
                new ChainVerifier(authority.bundle()).verify(parsed, clock.instant());
            } catch (CertificateRejected e) {
                throw new CertificateException("client certificate: " + e.getMessage(), e);
            } catch (IllegalArgumentException e) {
                throw new CertificateException("client certificate: cannot be read", e);
            }
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
        public void checkServerTrusted(X509Certificate[] chain, String auth)
                throws CertificateException {
            throw new CertificateException("this is the trust of a server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String auth, Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, auth);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String auth, SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, auth);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
