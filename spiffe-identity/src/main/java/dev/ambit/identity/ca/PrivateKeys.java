package dev.ambit.identity.ca;

import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** Private keys as people keep them: PKCS#8, SEC 1 or PKCS#1, in PEM, not encrypted. */
final class PrivateKeys {

    private PrivateKeys() {}

    static PrivateKey parsePem(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                switch (block) {
                    case PrivateKeyInfo key -> {
                        return converter.getPrivateKey(key);
                    }
                    case PEMKeyPair pair -> {
                        return converter.getKeyPair(pair).getPrivate();
                    }
                    default -> {
                        // "EC PARAMETERS" stands before the key in what openssl writes.
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("private key: cannot be read", e);
        }
        throw new IllegalArgumentException(
                "private key: none found (expected: PKCS#8, EC or RSA in PEM, not encrypted)");
    }
}
