package dev.ambit.identity.testing;

import dev.ambit.identity.Pem;
import dev.ambit.identity.ca.SigningKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Revocation lists, signed by whoever is asked. */
public final class TestLists {

    private TestLists() {}

    /** A list of a test authority, good for a day from now on. */
    public static byte[] pem(TestCertificates ca, Instant now, BigInteger... serials) {
        return Pem.encode("X509 CRL", der(ca, now, now.plus(Duration.ofDays(1)), serials))
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    /** A list of a test authority in DER. */
    public static byte[] der(
            TestCertificates ca, Instant from, Instant next, BigInteger... serials) {
        SigningKey signer = ca.authority().signingKey().current();
        return der(signer.certificate(), signer.key(), from, next, List.of(serials));
    }

    /** A list in the name of one and with the key of perhaps another. */
    public static byte[] der(
            X509Certificate issuer,
            PrivateKey key,
            Instant from,
            Instant next,
            List<BigInteger> serials) {
        return build(issuer, key, from, next, serials, false);
    }

    /** A list that says only what is new since another. */
    public static byte[] delta(TestCertificates ca, Instant from, BigInteger... serials) {
        SigningKey signer = ca.authority().signingKey().current();
        return build(
                signer.certificate(),
                signer.key(),
                from,
                from.plus(Duration.ofDays(1)),
                List.of(serials),
                true);
    }

    private static byte[] build(
            X509Certificate issuer,
            PrivateKey key,
            Instant from,
            Instant next,
            List<BigInteger> serials,
            boolean delta) {
        try {
            X500Name name = X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded());
            X509v2CRLBuilder builder = new X509v2CRLBuilder(name, Date.from(from));
            builder.setNextUpdate(Date.from(next));
            for (BigInteger serial : serials) {
                builder.addCRLEntry(serial, Date.from(from), CRLReason.keyCompromise);
            }
            if (delta) {
                builder.addExtension(
                        Extension.deltaCRLIndicator, true, new ASN1Integer(BigInteger.ONE));
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key))
                    .getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("cannot build the list", e);
        }
    }
}
