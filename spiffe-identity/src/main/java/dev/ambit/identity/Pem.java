package dev.ambit.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * PEM text (RFC 7468) to DER and back; strict about markers, free about what stands between blocks.
 */
public final class Pem {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final Base64.Encoder BODY =
            Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private Pem() {}

    /** One block: its label, such as {@code CERTIFICATE}, and the bytes. */
    public static final class Block {
        private final String label;
        private final byte[] der;

        private Block(String label, byte[] der) {
            this.label = label;
            this.der = der;
        }

        public String label() {
            return label;
        }

        public byte[] der() {
            return der.clone();
        }
    }

    /** Every block of the text, in order. */
    public static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        int at = text.indexOf(BEGIN);
        while (at >= 0) {
            int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
            if (labelEnd < 0) {
                throw new IllegalArgumentException("PEM: a BEGIN line without its end");
            }
            String label = text.substring(at + BEGIN.length(), labelEnd);
            String endLine = END + label + DASHES;
            int bodyEnd = text.indexOf(endLine, labelEnd + DASHES.length());
            if (bodyEnd < 0) {
                throw new IllegalArgumentException(
                        "PEM: no END line for block " + Quoted.of(label));
            }
            String body = text.substring(labelEnd + DASHES.length(), bodyEnd);
            blocks.add(new Block(label, decode(label, body)));
            at = text.indexOf(BEGIN, bodyEnd + endLine.length());
        }
        return blocks;
    }

    private static byte[] decode(String label, String body) {
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "PEM: block %s is not base64".formatted(Quoted.of(label)), e);
        }
    }

    /** Every certificate of the text, in order; other blocks are refused. */
    public static List<X509Certificate> certificates(String text) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(text)) {
            if (!block.label().equals("CERTIFICATE")) {
                throw new IllegalArgumentException(
                        "PEM: block %s (expected: CERTIFICATE)"
                                .formatted(Quoted.of(block.label())));
            }
            certificates.add(certificate(block.der()));
        }
        return certificates;
    }

    public static X509Certificate certificate(byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            String why = Quoted.of(String.valueOf(e.getMessage()));
            throw new IllegalArgumentException("certificate: cannot be read: " + why, e);
        }
    }

    public static String encode(String label, byte[] der) {
        return BEGIN
                + label
                + DASHES
                + "\n"
                + BODY.encodeToString(der)
                + "\n"
                + END
                + label
                + DASHES
                + "\n";
    }

    public static String encode(X509Certificate certificate) {
        try {
            return encode("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalArgumentException("certificate: cannot be encoded", e);
        }
    }
}
