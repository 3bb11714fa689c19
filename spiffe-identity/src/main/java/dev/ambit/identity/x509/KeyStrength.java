package dev.ambit.identity.x509;

import dev.ambit.identity.Quoted;
import java.security.AlgorithmParameters;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.Set;

/**
 * Keys and signatures that are strong enough, and not so large that checking them is an attack: RSA
 * 2048-8192, EC of 256 bits and more, Ed25519; no SHA-1.
 */
public final class KeyStrength {

    private static final int RSA_MIN_BITS = 2048;
    private static final int RSA_MAX_BITS = 8192;
    private static final int EC_MIN_BITS = 256;

    private static final Set<String> SIGNATURES =
            Set.of(
                    "SHA256withRSA",
                    "SHA384withRSA",
                    "SHA512withRSA",
                    "SHA256withECDSA",
                    "SHA384withECDSA",
                    "SHA512withECDSA",
                    "Ed25519",
                    "EdDSA");

    private static final Set<String> PSS_DIGESTS = Set.of("SHA-256", "SHA-384", "SHA-512");

    private KeyStrength() {}

    static void check(X509Certificate certificate) {
        check(certificate.getPublicKey());
        String algorithm = certificate.getSigAlgName();
        if (!SIGNATURES.contains(algorithm) && !isStrongPss(certificate)) {
            throw new CertificateRejected(
                    "certificate signature: %s (expected: RSA, ECDSA with SHA-2, or Ed25519)"
                            .formatted(Quoted.of(algorithm)));
        }
    }

    /** Refuses a public key that is too weak or too large. */
    public static void check(PublicKey key) {
        boolean good =
                switch (key) {
                    case RSAPublicKey rsa ->
                            rsa.getModulus().bitLength() >= RSA_MIN_BITS
                                    && rsa.getModulus().bitLength() <= RSA_MAX_BITS;
                    case ECPublicKey ec ->
                            ec.getParams().getCurve().getField().getFieldSize() >= EC_MIN_BITS;
                    case EdECPublicKey _ -> true;
                    default -> false;
                };
        if (!good) {
            throw new CertificateRejected(
                    "public key: %s (expected: RSA %d-%d bits, EC >= %d bits or Ed25519)"
                            .formatted(describe(key), RSA_MIN_BITS, RSA_MAX_BITS, EC_MIN_BITS));
        }
    }

    private static String describe(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength();
            case ECPublicKey ec -> "EC " + ec.getParams().getCurve().getField().getFieldSize();
            default -> Quoted.of(key.getAlgorithm());
        };
    }

    private static boolean isStrongPss(X509Certificate certificate) {
        byte[] encoded = certificate.getSigAlgParams();
        if (!certificate.getSigAlgName().equals("RSASSA-PSS") || encoded == null) {
            return false;
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(encoded);
            PSSParameterSpec spec = parameters.getParameterSpec(PSSParameterSpec.class);
            return PSS_DIGESTS.contains(spec.getDigestAlgorithm());
        } catch (java.security.NoSuchAlgorithmException
                | java.io.IOException
                | InvalidParameterSpecException e) {
            return false;
        }
    }
}
