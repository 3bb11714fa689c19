package dev.ambit.identity.tls;

import dev.ambit.identity.x509.WorkloadCertificate;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The one key and chain of a certificate, handed to Netty as they are. The usual way packs them
 * into a password-protected key store first, which costs 40 ms a context. The native form is made
 * at the first handshake and kept.
 */
final class OwnKey extends X509ExtendedKeyManager {

    private static final String ALIAS = "svid";

    private final PrivateKey key;
    private final X509Certificate[] chain;

    private OwnKey(WorkloadCertificate certificate) {
        this.key = certificate.key();
        this.chain = certificate.chain().toArray(X509Certificate[]::new);
    }

    static KeyManagerFactory of(WorkloadCertificate certificate) {
        return new OpenSslCachingX509KeyManagerFactory(new Factory(new OwnKey(certificate)));
    }

    private static final class Factory extends SimpleKeyManagerFactory {
        private final OwnKey key;

        Factory(OwnKey key) {
            this.key = key;
        }

        @Override
        protected void engineInit(KeyStore store, char[] password) {
            // The key is here already.
        }

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {
            // The key is here already.
        }

        @Override
        protected KeyManager[] engineGetKeyManagers() {
            return new KeyManager[] {key};
        }
    }

    @Override
    public String chooseEngineClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return ALIAS;
    }

    @Override
    public String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return ALIAS;
    }

    @Override
    public String chooseClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return ALIAS;
    }

    @Override
    public String chooseServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return ALIAS;
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return key;
    }
}
