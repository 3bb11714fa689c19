package dev.ambit.identity.x509;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * What a verified chain rests on: each of its certificates by issuer and serial, leaf first, and
 * the root that vouches. Kept as long as a connection lives, so it holds no certificate of the
 * peer.
 *
 * @param links leaf first, without the root
 * @param root of the bundle
 */
public record CertificatePath(List<Link> links, X509Certificate root) {

    /**
     * One certificate, as a revocation list names it.
     *
     * @param issuerKey the key that signed it, and must have signed the list
     */
    public record Link(X500Principal issuer, BigInteger serial, PublicKey issuerKey) {}

    public CertificatePath {
        links = List.copyOf(links);
    }

    static CertificatePath of(List<X509Certificate> path, X509Certificate root) {
        List<Link> links = new ArrayList<>();
        for (int i = 0; i < path.size(); i++) {
            X509Certificate issuer = i + 1 < path.size() ? path.get(i + 1) : root;
            links.add(
                    new Link(
                            issuer.getSubjectX500Principal(),
                            path.get(i).getSerialNumber(),
                            issuer.getPublicKey()));
        }
        return new CertificatePath(links, root);
    }
}
