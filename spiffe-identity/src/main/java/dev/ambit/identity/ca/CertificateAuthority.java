package dev.ambit.identity.ca;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.SigningRequest;
import dev.ambit.runtime.live.Live;
import io.netty.util.NetUtil;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/**
 * Checks a request and issues for the id it is told (ambient.md 2.6); never decides who may ask.
 * Thread-safe: every certificate is made with the key current at its beginning.
 */
public final class CertificateAuthority {

    /** Life of a leaf when the request does not say. */
    public static final Duration DEFAULT_TTL = Duration.ofHours(24);

    /** MAX_WORKLOAD_CERT_TTL: longer wishes are refused, not shortened. */
    public static final Duration MAX_TTL = Duration.ofDays(90);

    /** For clocks of peers that are behind. */
    static final Duration BACKDATE = Duration.ofMinutes(2);

    private final Live<SigningKey> signingKey;
    private final Clock clock;

    public CertificateAuthority(SigningKey key, Clock clock) {
        this.signingKey = new Live<>(key);
        this.clock = clock;
    }

    /**
     * Issues one leaf for the id, whatever names the request carries.
     *
     * @param ttl zero for the default of 24 h
     * @return leaf, intermediates one per element, the root bundle as last element
     * @throws CertificateRejected with the reason
     */
    public List<String> issue(String csrPem, SpiffeId id, Duration ttl) {
        if (ttl.isNegative() || ttl.compareTo(MAX_TTL) > 0) {
            throw new CertificateRejected(
                    "certificate TTL: %s (expected: 0 for %s, or up to %s)"
                            .formatted(ttl, DEFAULT_TTL, MAX_TTL));
        }
        PublicKey publicKey = CertificateRequest.provenKey(csrPem);
        SigningKey signer = signingKey.current();
        GeneralNames names =
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, id.uri()));
        X509Certificate leaf =
                Certificates.leaf(
                        signer,
                        publicKey,
                        validity(signer, ttl.isZero() ? DEFAULT_TTL : ttl),
                        names,
                        KeyPurposeId.id_kp_serverAuth,
                        KeyPurposeId.id_kp_clientAuth);
        List<String> elements = new ArrayList<>();
        elements.add(Pem.encode(leaf));
        signer.intermediates().forEach(c -> elements.add(Pem.encode(c)));
        elements.add(signer.bundle().pem());
        return List.copyOf(elements);
    }

    /** A certificate for a server's DNS names and IP addresses (those that read as addresses). */
    public ServerCertificate server(List<String> names, Duration ttl) {
        SigningKey signer = signingKey.current();
        KeyPair pair = SigningRequest.newKey();
        GeneralName[] sans =
                names.stream().map(CertificateAuthority::serverName).toArray(GeneralName[]::new);
        X509Certificate leaf =
                Certificates.leaf(
                        signer,
                        pair.getPublic(),
                        validity(signer, ttl),
                        new GeneralNames(sans),
                        KeyPurposeId.id_kp_serverAuth);
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
        chain.addAll(signer.intermediates());
        return new ServerCertificate(pair.getPrivate(), chain);
    }

    public TrustBundle bundle() {
        return signingKey.current().bundle();
    }

    /** The key in use; changes on reload and root rotation. */
    public Live<SigningKey> signingKey() {
        return signingKey;
    }

    private Certificates.Validity validity(SigningKey signer, Duration ttl) {
        Instant now = clock.instant();
        Instant until = now.plus(ttl);
        Instant signerEnd = signer.notAfter();
        if (!signerEnd.isAfter(now)) {
            throw new CertificateRejected(
                    "signing certificate: has expired at %s, nothing is issued"
                            .formatted(signerEnd));
        }
        return new Certificates.Validity(
                now.minus(BACKDATE), until.isAfter(signerEnd) ? signerEnd : until);
    }

    private static GeneralName serverName(String name) {
        boolean address = NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
        return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }
}
