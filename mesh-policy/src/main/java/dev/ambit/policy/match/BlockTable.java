package dev.ambit.policy.match;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import java.util.BitSet;
import java.util.Map;

/**
 * Rules by address block: one look for each prefix length that occurs in the address's family.
 * Never changes.
 */
final class BlockTable {

    /** IPv4 addresses are their IPv6 mapping; so are their prefix lengths here. */
    private static final int MAPPING = 96;

    private final int[] lengthsV4;
    private final int[] lengthsV6;

    /** Three longs an entry: high, low, and prefix length + 1, so that 0 is a free slot. */
    private final long[] keys;

    private final int[][] rules;
    private final int mask;

    /**
     * @param rules ids by block, ascending
     */
    BlockTable(Map<Cidr, int[]> rules) {
        int capacity = Integer.highestOneBit(Math.max(1, rules.size()) * 4);
        this.keys = new long[capacity * 3];
        this.rules = new int[capacity][];
        this.mask = capacity - 1;
        BitSet v4 = new BitSet();
        BitSet v6 = new BitSet();
        rules.forEach(
                (block, ids) -> {
                    boolean isV4 = block.base().isV4();
                    int bits = isV4 ? block.length() + MAPPING : block.length();
                    (isV4 ? v4 : v6).set(bits);
                    put(block.base(), bits, ids);
                });
        this.lengthsV4 = v4.stream().toArray();
        this.lengthsV6 = v6.stream().toArray();
    }

    private void put(IpAddress base, int bits, int[] ids) {
        int slot = slot(base.high(), base.low(), bits);
        while (keys[slot * 3 + 2] != 0) {
            slot = (slot + 1) & mask;
        }
        keys[slot * 3] = base.high();
        keys[slot * 3 + 1] = base.low();
        keys[slot * 3 + 2] = bits + 1L;
        rules[slot] = ids;
    }

    /** Offers the rules of every block that holds the address. */
    void search(IpAddress address, RuleSearch search) {
        for (int bits : address.isV4() ? lengthsV4 : lengthsV6) {
            probe(address.high() & maskOf(bits), address.low() & maskOf(bits - 64), bits, search);
        }
    }

    private void probe(long high, long low, int bits, RuleSearch search) {
        for (int slot = slot(high, low, bits); ; slot = (slot + 1) & mask) {
            long length = keys[slot * 3 + 2];
            if (length == 0) {
                return;
            }
            if (length == bits + 1L && keys[slot * 3] == high && keys[slot * 3 + 1] == low) {
                search.offer(rules[slot]);
                return;
            }
        }
    }

    private static long maskOf(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
    }

    private int slot(long high, long low, int bits) {
        long mixed = (high * 31 + low) * 0x9e37_79b9_7f4a_7c15L + bits;
        mixed *= 0xbf58_476d_1ce4_e5b9L;
        return (int) (mixed >>> 40) & mask;
    }
}
