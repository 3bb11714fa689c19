package dev.ambit.identity.x509;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/**
 * A PKCS#10 request for one id: fresh P-256 key, empty subject, one URI SAN (ambient.md 1.15). The
 * key never leaves the process.
 */
public record SigningRequest(SpiffeId id, PrivateKey key, PublicKey publicKey, String csrPem) {

    /** The alternative of GeneralName, RFC 5280 section 4.2.1.6. */
    private static final int UNIFORM_RESOURCE_IDENTIFIER = 6;

    /** 2.5.29.17. */
    private static final byte[] SUBJECT_ALT_NAME = Der.oid(0x55, 0x1d, 0x11);

    /** 1.2.840.113549.1.9.14. */
    private static final byte[] EXTENSION_REQUEST =
            Der.oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e);

    /** 1.2.840.10045.4.3.2. */
    private static final byte[] ECDSA_WITH_SHA256 =
            Der.oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);

    public static SigningRequest create(SpiffeId id) {
        KeyPair pair = newKey();
        return new SigningRequest(id, pair.getPrivate(), pair.getPublic(), csr(id, pair));
    }

    /** A fresh P-256 key. */
    public static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK makes P-256 keys", e);
        }
    }

    /** RFC 2986, with the extension request of RFC 2985 section 5.4.2. */
    private static String csr(SpiffeId id, KeyPair pair) {
        byte[] name = Der.sequence(Der.ascii(UNIFORM_RESOURCE_IDENTIFIER, id.uri()));
        // RFC 5280 section 4.2.1.6: critical, because the subject is empty.
        byte[] extension = Der.sequence(SUBJECT_ALT_NAME, Der.yes(), Der.octets(name));
        byte[] attribute = Der.sequence(EXTENSION_REQUEST, Der.set(Der.sequence(extension)));
        byte[] emptySubject = Der.sequence();
        byte[] info =
                Der.sequence(
                        Der.zero(),
                        emptySubject,
                        pair.getPublic().getEncoded(),
                        Der.tagged(0, attribute));
        byte[] request =
                Der.sequence(
                        info,
                        Der.sequence(ECDSA_WITH_SHA256),
                        Der.bits(signed(info, pair.getPrivate())));
        return Pem.encode("CERTIFICATE REQUEST", request);
    }

    private static byte[] signed(byte[] info, PrivateKey key) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(info);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing request: cannot be signed", e);
        }
    }

    /** The key stays out of logs. */
    @Override
    public String toString() {
        return "SigningRequest[" + id + "]";
    }
}
