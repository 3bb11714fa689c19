package dev.ambit.istiod.ca;

import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.ca.ServerCertificate;
import dev.ambit.identity.ca.SigningKey;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * istiod's server certificate, looked after when it is shown: issued again past half of its life or
 * when the authority's key changed. No timer: a server nobody calls needs no certificate.
 * Thread-safe.
 */
final class ServerKeys extends X509ExtendedKeyManager {

    private static final Duration LIFE = Duration.ofHours(24);
    private static final String[] NONE = {};

    private final CertificateAuthority authority;
    private final List<String> names;
    private final Clock clock;

    private @Nullable Shown shown;

    /** A handshake asks three times; the certificate must not change under it. */
    private @Nullable Shown before;

    private record Shown(
            String alias, ServerCertificate certificate, SigningKey signer, Instant renewAt) {}

    ServerKeys(CertificateAuthority authority, List<String> names, Clock clock) {
        this.authority = authority;
        this.names = List.copyOf(names);
        this.clock = clock;
    }

    private synchronized String alias() {
        Shown now = shown;
        SigningKey signer = authority.signingKey().current();
        if (now == null || !now.signer().equals(signer) || clock.instant().isAfter(now.renewAt())) {
            before = now;
            now = issue(signer);
            shown = now;
        }
        return now.alias();
    }

    private Shown issue(SigningKey signer) {
        ServerCertificate issued = authority.server(names, LIFE);
        X509Certificate leaf = issued.chain().getFirst();
        Instant from = clock.instant();
        Duration left = Duration.between(from, leaf.getNotAfter().toInstant());
        return new Shown(
                // Nothing keyed by the name outlives the certificate.
                "istiod-" + leaf.getSerialNumber().toString(16),
                issued,
                signer,
                from.plus(left.dividedBy(2)));
    }

    private synchronized @Nullable ServerCertificate named(String alias) {
        if (shown != null && shown.alias().equals(alias)) {
            return shown.certificate();
        }
        return before != null && before.alias().equals(alias) ? before.certificate() : null;
    }

    @Override
    public String chooseServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias();
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return type.startsWith("EC") ? alias() : null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        ServerCertificate found = named(alias);
        return found == null ? null : found.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        ServerCertificate found = named(alias);
        return found == null ? null : found.key();
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {alias()};
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
        return NONE;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
