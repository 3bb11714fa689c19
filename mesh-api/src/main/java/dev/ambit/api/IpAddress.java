package dev.ambit.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address in two longs. IPv4 is kept as its IPv6 mapping, so {@code
 * ::ffff:10.0.0.1} and {@code 10.0.0.1} are the same value and cannot be told apart by a policy.
 */
public record IpAddress(long high, long low) implements Comparable<IpAddress> {

    private static final long MAPPED = 0xffff_0000_0000L;
    private static final long LOW_32 = 0xffff_ffffL;

    /**
     * @throws IllegalArgumentException unless there are 4 or 16 bytes
     */
    public static IpAddress of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return switch (bytes.length) {
            case 4 -> v4(buffer.getInt());
            case 16 -> new IpAddress(buffer.getLong(), buffer.getLong());
            default ->
                    throw new IllegalArgumentException(
                            "address: " + bytes.length + " bytes (expected: 4 or 16)");
        };
    }

    public static IpAddress of(InetAddress address) {
        return of(address.getAddress());
    }

    /**
     * A literal: four decimal numbers or IPv6 text, no zone, nothing looked up.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static IpAddress parse(String literal) {
        if (literal.indexOf(':') < 0) {
            return v4(parseV4(literal));
        }
        if (literal.indexOf('%') >= 0 || literal.indexOf('[') >= 0) {
            throw notAnAddress(literal);
        }
        try {
            return of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException e) {
            throw notAnAddress(literal);
        }
    }

    private static IpAddress v4(int bits) {
        return new IpAddress(0, MAPPED | (bits & LOW_32));
    }

    private static int parseV4(String literal) {
        int bits = 0;
        int from = 0;
        for (int part = 0; part < 4; part++) {
            int dot = part < 3 ? literal.indexOf('.', from) : literal.length();
            int digits = dot - from;
            if (digits < 1 || digits > 3 || (digits > 1 && literal.charAt(from) == '0')) {
                throw notAnAddress(literal);
            }
            int value = 0;
            for (int i = from; i < dot; i++) {
                char c = literal.charAt(i);
                if (c < '0' || c > '9') {
                    throw notAnAddress(literal);
                }
                value = value * 10 + c - '0';
            }
            if (value > 255) {
                throw notAnAddress(literal);
            }
            bits = bits << 8 | value;
            from = dot + 1;
        }
        return bits;
    }

    private static IllegalArgumentException notAnAddress(String literal) {
        return new IllegalArgumentException(
                "address: \"" + literal + "\" (expected: an IPv4 or IPv6 address)");
    }

    public boolean isV4() {
        return high == 0 && low >>> 32 == 0xffff;
    }

    public boolean isLoopback() {
        return isV4() ? (low >>> 24 & 0xff) == 127 : high == 0 && low == 1;
    }

    public boolean isUnspecified() {
        return high == 0 && (low == 0 || low == MAPPED);
    }

    public byte[] bytes() {
        return isV4()
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(bytes());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are always an address", e);
        }
    }

    @Override
    public int compareTo(IpAddress other) {
        int c = Long.compareUnsigned(high, other.high);
        return c != 0 ? c : Long.compareUnsigned(low, other.low);
    }

    /** IPv4 with dots; IPv6 as RFC 5952 writes it. */
    @Override
    public String toString() {
        return isV4() ? textV4() : textV6();
    }

    private String textV4() {
        return (low >>> 24 & 0xff)
                + "."
                + (low >>> 16 & 0xff)
                + "."
                + (low >>> 8 & 0xff)
                + "."
                + (low & 0xff);
    }

    private String textV6() {
        int bestAt = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && group(end) == 0) {
                end++;
            }
            if (end - i > bestLength) {
                bestAt = i;
                bestLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == bestAt) {
                text.append("::");
                i += bestLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int group(int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (index & 3))) & 0xffff;
    }

    // By hand: C1 calls what a record brings by method handle, five times as slow, and this is a
    // key.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpAddress o && high == o.high && low == o.low;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(high) + Long.hashCode(low);
    }
}
