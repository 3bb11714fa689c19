package dev.ambit.identity.x509;

import dev.ambit.identity.TrustBundle;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates of every shape, good and bad, under one root. */
final class TestLeaf {

    static final X500Name ROOT_NAME = new X500Name("O=test root");

    final KeyPair rootKey = SigningRequest.newKey();
    final Instant now = Instant.parse("2026-06-01T00:00:00Z");
    final X509Certificate root =
            build(
                    new Shape()
                            .subject(ROOT_NAME)
                            .ca(true)
                            .usage(KeyUsage.keyCertSign)
                            .purposes()
                            .life(Duration.ofDays(-1), Duration.ofDays(3650)),
                    rootKey,
                    ROOT_NAME,
                    rootKey);

    TrustBundle bundle() {
        return new TrustBundle(List.of(root));
    }

    /** A good leaf until told otherwise. */
    static final class Shape {
        private X500Name subject = new X500Name(new org.bouncycastle.asn1.x500.RDN[0]);
        private boolean ca;
        private int usage = KeyUsage.digitalSignature | KeyUsage.keyEncipherment;
        private KeyPurposeId[] purposes = {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        };
        private final List<GeneralName> names = new ArrayList<>();
        private Duration from = Duration.ofMinutes(-2);
        private Duration until = Duration.ofHours(24);
        private String excluded = "";
        private String algorithm = "SHA256withECDSA";

        Shape subject(X500Name name) {
            subject = name;
            return this;
        }

        Shape ca(boolean yes) {
            ca = yes;
            return this;
        }

        Shape usage(int bits) {
            usage = bits;
            return this;
        }

        Shape purposes(KeyPurposeId... wanted) {
            purposes = wanted;
            return this;
        }

        Shape uri(String uri) {
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
            return this;
        }

        Shape dns(String name) {
            names.add(new GeneralName(GeneralName.dNSName, name));
            return this;
        }

        Shape life(Duration begin, Duration end) {
            from = begin;
            until = end;
            return this;
        }

        Shape excluding(String host) {
            excluded = host;
            return this;
        }

        Shape signedWith(String name) {
            algorithm = name;
            return this;
        }
    }

    X509Certificate leaf(Shape shape) {
        return build(shape, SigningRequest.newKey(), ROOT_NAME, rootKey);
    }

    X509Certificate leaf(Shape shape, KeyPair own) {
        return build(shape, own, ROOT_NAME, rootKey);
    }

    /** For certificates that the JDK does not even read. */
    byte[] der(Shape shape) throws IOException {
        return holder(shape, SigningRequest.newKey(), ROOT_NAME, rootKey).getEncoded();
    }

    X509Certificate build(Shape shape, KeyPair own, X500Name issuer, KeyPair signer) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(holder(shape, own, issuer, signer));
        } catch (CertificateException e) {
            throw new AssertionError("cannot read the certificate", e);
        }
    }

    private X509CertificateHolder holder(
            Shape shape, KeyPair own, X500Name issuer, KeyPair signer) {
        try {
            X509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            issuer,
                            BigInteger.valueOf(System.nanoTime()),
                            Date.from(now.plus(shape.from)),
                            Date.from(now.plus(shape.until)),
                            shape.subject,
                            own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(shape.ca));
            if (shape.usage != 0) {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(shape.usage));
            }
            if (shape.purposes.length > 0) {
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(shape.purposes));
            }
            if (!shape.names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        true,
                        new GeneralNames(shape.names.toArray(GeneralName[]::new)));
            }
            if (!shape.excluded.isEmpty()) {
                GeneralSubtree tree =
                        new GeneralSubtree(
                                new GeneralName(
                                        GeneralName.uniformResourceIdentifier, shape.excluded));
                builder.addExtension(
                        Extension.nameConstraints,
                        true,
                        new NameConstraints(null, new GeneralSubtree[] {tree}));
            }
            return builder.build(
                    new JcaContentSignerBuilder(shape.algorithm).build(signer.getPrivate()));
        } catch (IOException | OperatorCreationException e) {
            throw new AssertionError("cannot build the certificate", e);
        }
    }
}
