package dev.ambit.identity.ca;

import java.io.IOException;
import java.math.BigInteger;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Writes X.509 certificates: roots that sign themselves, and leaves. */
final class Certificates {

    private static final int SERIAL_BITS = 127;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final X500Principal EMPTY = new X500Principal("");

    private Certificates() {}

    /** From when until when. */
    record Validity(Instant from, Instant until) {}

    static X509Certificate root(
            X500Principal subject, PrivateKey key, PublicKey publicKey, Validity validity) {
        try {
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            return sign(
                    builder(subject, subject, publicKey, validity)
                            .addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(true))
                            .addExtension(
                                    Extension.keyUsage,
                                    true,
                                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                            .addExtension(
                                    Extension.subjectKeyIdentifier,
                                    false,
                                    ids.createSubjectKeyIdentifier(publicKey)),
                    key);
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("root certificate: cannot be made", e);
        }
    }

    /** A leaf without a subject: its names are the SANs, nothing else. */
    static X509Certificate leaf(
            SigningKey signer,
            PublicKey publicKey,
            Validity validity,
            GeneralNames names,
            KeyPurposeId... purposes) {
        X509Certificate issuer = signer.certificate();
        try {
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            return sign(
                    builder(issuer.getSubjectX500Principal(), EMPTY, publicKey, validity)
                            .addExtension(
                                    Extension.keyUsage,
                                    true,
                                    new KeyUsage(
                                            KeyUsage.digitalSignature | KeyUsage.keyEncipherment))
                            .addExtension(
                                    Extension.extendedKeyUsage,
                                    false,
                                    new ExtendedKeyUsage(purposes))
                            .addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(false))
                            .addExtension(
                                    Extension.authorityKeyIdentifier,
                                    false,
                                    ids.createAuthorityKeyIdentifier(issuer.getPublicKey()))
                            // RFC 5280 section 4.2.1.6: critical, because the subject is empty.
                            .addExtension(Extension.subjectAlternativeName, true, names),
                    signer.key());
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("certificate: cannot be made", e);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, PublicKey key, Validity validity) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1),
                Date.from(validity.from()),
                Date.from(validity.until()),
                subject,
                key);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder(algorithm(key)).build(key)));
        } catch (OperatorCreationException | CertificateException e) {
            throw new IllegalStateException("certificate: cannot be signed", e);
        }
    }

    private static String algorithm(PrivateKey key) {
        return switch (key) {
            case ECKey ec when ec.getParams().getOrder().bitLength() > 384 -> "SHA512withECDSA";
            case ECKey ec when ec.getParams().getOrder().bitLength() > 256 -> "SHA384withECDSA";
            case ECKey _ -> "SHA256withECDSA";
            default -> key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : key.getAlgorithm();
        };
    }
}
