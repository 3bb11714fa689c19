package dev.ambit.identity.x509;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The few forms of ASN.1's distinguished encoding (X.690) that a signing request is made of.
 * Written out here so that a node proxy need not load Bouncy Castle, whose signed jars cost it a
 * tenth of a second and 7 MiB at each start; whoever reads what others wrote uses the library.
 */
final class Der {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int CONTEXT = 0x80;
    private static final int CONSTRUCTED = 0x20;

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return element(SEQUENCE, parts);
    }

    static byte[] set(byte[]... parts) {
        return element(SET, parts);
    }

    /** {@code [tag]} over other elements. */
    static byte[] tagged(int tag, byte[]... parts) {
        return element(CONTEXT | CONSTRUCTED | tag, parts);
    }

    /** {@code [tag] IMPLICIT IA5String}. */
    static byte[] ascii(int tag, String text) {
        return element(CONTEXT | tag, text.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] octets(byte[] content) {
        return element(OCTET_STRING, content);
    }

    /** Whole octets: no bits unused. */
    static byte[] bits(byte[] content) {
        return element(BIT_STRING, new byte[] {0}, content);
    }

    static byte[] zero() {
        return element(INTEGER, new byte[] {0});
    }

    static byte[] yes() {
        return new byte[] {0x01, 0x01, (byte) 0xff};
    }

    /** An object identifier by its encoded content. */
    static byte[] oid(int... content) {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < content.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return element(0x06, bytes);
    }

    private static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        length(out, length);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static void length(ByteArrayOutputStream out, int length) {
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(length >>> (8 * i));
            }
        }
    }
}
