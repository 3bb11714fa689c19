package dev.ambit.api;

/**
 * A block of addresses. {@code length} counts in the address's own family: 0-32 for IPv4, 0-128 for
 * IPv6. Bits behind the length are cleared, so equal blocks are equal records.
 */
public record Cidr(IpAddress base, int length) {

    /** 96 bits of every IPv4 address are its mapping. */
    private static final int MAPPING = 96;

    public Cidr {
        boolean v4 = base.isV4();
        if (length < 0 || length > (v4 ? 32 : 128)) {
            throw new IllegalArgumentException(
                    "prefix length: " + length + " (expected: 0-" + (v4 ? 32 : 128) + ")");
        }
        int bits = v4 ? length + MAPPING : length;
        base = new IpAddress(base.high() & mask(bits), base.low() & mask(bits - 64));
    }

    /** A block may be written in the mapping: {@code ::ffff:10.0.0.0/104} is {@code 10.0.0.0/8}. */
    public static Cidr of(IpAddress base, int length, boolean writtenAsV6) {
        if (!writtenAsV6 || !base.isV4() || length > 128) {
            return new Cidr(base, length);
        }
        return length >= MAPPING
                ? new Cidr(base, length - MAPPING)
                : new Cidr(new IpAddress(0, base.low() & mask(length - 64)), length);
    }

    public static Cidr single(IpAddress address) {
        return new Cidr(address, address.isV4() ? 32 : 128);
    }

    /**
     * An address, or one with {@code /length}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return single(IpAddress.parse(text));
        }
        String digits = text.substring(slash + 1);
        if (digits.isEmpty()
                || digits.length() > 3
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException(
                    "block: \"" + text + "\" (expected: address/length, as 10.0.0.0/8)");
        }
        return of(
                IpAddress.parse(text.substring(0, slash)),
                Integer.parseInt(digits),
                text.lastIndexOf(':', slash) >= 0);
    }

    public boolean contains(IpAddress address) {
        boolean v4 = base.isV4();
        if (v4 != address.isV4()) {
            return false;
        }
        int bits = v4 ? length + MAPPING : length;
        return (address.high() & mask(bits)) == base.high()
                && (address.low() & mask(bits - 64)) == base.low();
    }

    /** A single address. */
    public boolean isSingle() {
        return length == (base.isV4() ? 32 : 128);
    }

    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
    }

    @Override
    public String toString() {
        return base + "/" + length;
    }
}
