package dev.ambit.tests.rig;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What sessions send: blocks of 64 bytes that whoever gets them can check without asking the
 * sender. Each holds the marker (so that one packet of plain text betrays itself), the session, the
 * number of the block in it, and a mix of both.
 */
final class Blocks {

    static final int SIZE = 64;

    /** Nobody on the wire may ever read this. */
    static final String MARKER = "ambit-rig-marker-nobody-may-read";

    private static final byte[] MARK = MARKER.getBytes(StandardCharsets.US_ASCII);

    private Blocks() {}

    static byte[] make(long session, long first, int count) {
        ByteBuffer all = ByteBuffer.allocate(count * SIZE);
        for (long n = first; n < first + count; n++) {
            all.put(MARK).putLong(session).putLong(n).putLong(mix(session, n)).putLong(~n);
        }
        return all.array();
    }

    static long sessionOf(byte[] block) {
        return ByteBuffer.wrap(block).getLong(MARK.length);
    }

    /** What is wrong with these bytes as the blocks from {@code first} on; empty if nothing. */
    static String fault(byte[] bytes, int length, long session, long first) {
        byte[] expected = make(session, first, length / SIZE);
        int at = java.util.Arrays.mismatch(expected, 0, expected.length, bytes, 0, length);
        return at < 0
                ? ""
                : "session %d: byte %d is not what was sent".formatted(session, first * SIZE + at);
    }

    private static long mix(long session, long n) {
        long z = (session * 0x9E3779B97F4A7C15L) ^ n;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        return z ^ (z >>> 31);
    }
}
