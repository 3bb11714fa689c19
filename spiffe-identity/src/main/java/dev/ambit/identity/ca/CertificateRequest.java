package dev.ambit.identity.ca;

import dev.ambit.identity.Pem;
import dev.ambit.identity.Quoted;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.KeyStrength;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.List;
import java.util.Set;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * What a PKCS#10 request proves: that its sender has the private key of this public key. Whatever
 * names and extensions it carries are the sender's wishes and are not read.
 */
final class CertificateRequest {

    /** A P-256 request has 400 bytes, one of RSA 8192 about 3 KiB. */
    private static final int MAX_CHARACTERS = 16 * 1024;

    private static final Set<String> LABELS =
            Set.of("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");

    private CertificateRequest() {}

    /**
     * The public key, after its strength and then the signature were checked, cheap things first.
     *
     * @throws CertificateRejected with the reason
     */
    static PublicKey provenKey(String pem) {
        JcaPKCS10CertificationRequest request = parse(pem);
        try {
            // Bouncy Castle refuses points that are not on the curve; the JDK would not look.
            PublicKeyFactory.createKey(request.getSubjectPublicKeyInfo());
            PublicKey key = request.getPublicKey();
            KeyStrength.check(key);
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw new CertificateRejected("CSR: signature does not verify");
            }
            return key;
        } catch (CertificateRejected e) {
            throw e;
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | RuntimeException e) {
            throw new CertificateRejected("CSR: key or signature cannot be read", e);
        }
    }

    private static JcaPKCS10CertificationRequest parse(String pem) {
        if (pem.length() > MAX_CHARACTERS) {
            throw new CertificateRejected(
                    "CSR: %d characters (expected: <= %d)".formatted(pem.length(), MAX_CHARACTERS));
        }
        try {
            List<Pem.Block> blocks = Pem.blocks(pem);
            if (blocks.size() != 1 || !LABELS.contains(blocks.getFirst().label())) {
                throw new CertificateRejected(
                        "CSR: %s (expected: one CERTIFICATE REQUEST block)"
                                .formatted(
                                        blocks.stream().map(b -> Quoted.of(b.label())).toList()));
            }
            return new JcaPKCS10CertificationRequest(blocks.getFirst().der());
        } catch (CertificateRejected e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new CertificateRejected("CSR: cannot be read", e);
        }
    }
}
