package dev.ambit.policy.match;

import java.util.BitSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of many prefixes, or suffixes, a text has: its characters are hashed once, one by one, and
 * the table is looked into at every length that occurs. Never changes.
 */
final class AffixTable {

    private final boolean fromEnd;
    private final BitSet lengths = new BitSet();
    private final @Nullable String[] keys;
    private final int[][] rules;
    private final int mask;

    /**
     * @param fromEnd the texts are suffixes
     * @param rules ids by text, ascending
     */
    AffixTable(Map<String, int[]> rules, boolean fromEnd) {
        this.fromEnd = fromEnd;
        int capacity = Integer.highestOneBit(Math.max(1, rules.size()) * 4);
        this.keys = new String[capacity];
        this.rules = new int[capacity][];
        this.mask = capacity - 1;
        rules.forEach(this::put);
    }

    private void put(String affix, int[] ids) {
        lengths.set(affix.length());
        int hash = 0;
        for (int i = 0; i < affix.length(); i++) {
            hash = 31 * hash + charAt(affix, i);
        }
        int slot = slot(hash);
        while (keys[slot] != null) {
            slot = (slot + 1) & mask;
        }
        keys[slot] = affix;
        rules[slot] = ids;
    }

    /** Offers the rules of every affix the text has. */
    void search(String text, RuleSearch search) {
        int longest = Math.min(text.length(), lengths.length() - 1);
        int hash = 0;
        for (int length = 0; length <= longest; length++) {
            if (length > 0) {
                hash = 31 * hash + charAt(text, length - 1);
            }
            if (lengths.get(length)) {
                probe(text, length, hash, search);
            }
        }
    }

    private void probe(String text, int length, int hash, RuleSearch search) {
        for (int slot = slot(hash); ; slot = (slot + 1) & mask) {
            String key = keys[slot];
            if (key == null) {
                return;
            }
            if (key.length() == length && (fromEnd ? text.endsWith(key) : text.startsWith(key))) {
                search.offer(rules[slot]);
                return;
            }
        }
    }

    private char charAt(String text, int index) {
        return text.charAt(fromEnd ? text.length() - 1 - index : index);
    }

    private int slot(int hash) {
        int mixed = hash * 0x9e37_79b9;
        return (mixed ^ mixed >>> 16) & mask;
    }
}
