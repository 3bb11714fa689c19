package dev.ambit.identity.x509;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;

/** Whether a private and a public key belong together: signs with one, verifies with the other. */
public final class KeyPairs {

    private static final byte[] PROBE = "ambit key check".getBytes(StandardCharsets.US_ASCII);

    private KeyPairs() {}

    static void checkSame(PublicKey ours, PublicKey certified) {
        if (!Arrays.equals(ours.getEncoded(), certified.getEncoded())) {
            throw new CertificateRejected("certificate: does not belong to the private key");
        }
    }

    public static void check(PrivateKey key, PublicKey publicKey) {
        try {
            String algorithm =
                    switch (key.getAlgorithm()) {
                        case "EC" -> "SHA256withECDSA";
                        case "RSA" -> "SHA256withRSA";
                        case String other -> other;
                    };
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            if (signature.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw new CertificateRejected("certificate: does not belong to the private key", e);
        }
        throw new CertificateRejected("certificate: does not belong to the private key");
    }
}
