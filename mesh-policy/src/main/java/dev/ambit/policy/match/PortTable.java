package dev.ambit.policy.match;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Rules by destination port. Never changes. */
final class PortTable {

    private final int[] ports;
    private final int[][] rules;

    /**
     * @param rules ids by port, ascending
     */
    PortTable(Map<Integer, int[]> rules) {
        TreeMap<Integer, int[]> sorted = new TreeMap<>(rules);
        this.ports = sorted.keySet().stream().mapToInt(Integer::intValue).toArray();
        this.rules = sorted.values().toArray(int[][]::new);
    }

    void search(int port, RuleSearch search) {
        int at = Arrays.binarySearch(ports, port);
        if (at >= 0) {
            search.offer(rules[at]);
        }
    }
}
