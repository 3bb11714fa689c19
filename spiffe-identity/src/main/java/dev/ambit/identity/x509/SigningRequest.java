package dev.ambit.identity.x509;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A PKCS#10 request for one id: fresh P-256 key, empty subject, one URI SAN (ambient.md 1.15). The
 * key never leaves the process.
 */
public record SigningRequest(SpiffeId id, PrivateKey key, PublicKey publicKey, String csrPem) {

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

    private static String csr(SpiffeId id, KeyPair pair) {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, id.uri());
            // RFC 5280 section 4.2.1.6: critical, because the subject is empty.
            extensions.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(name));
            byte[] der =
                    new JcaPKCS10CertificationRequestBuilder(
                                    new X500Name(new org.bouncycastle.asn1.x500.RDN[0]),
                                    pair.getPublic())
                            .addAttribute(
                                    PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                                    extensions.generate())
                            .build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(pair.getPrivate()))
                            .getEncoded();
            return Pem.encode("CERTIFICATE REQUEST", der);
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("signing request: cannot be made", e);
        }
    }

    /** The key stays out of logs. */
    @Override
    public String toString() {
        return "SigningRequest[" + id + "]";
    }
}
