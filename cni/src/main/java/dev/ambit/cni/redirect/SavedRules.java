package dev.ambit.cni.redirect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code iptables-save} says, by table: chains, and rules in order. Pure.
 *
 * @param tables name to the lines that start with {@code :} or {@code -A}
 */
record SavedRules(Map<String, List<String>> tables) {

    static SavedRules parse(String text) {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String raw : text.split("\n", -1)) {
            String line = raw.strip();
            if (line.startsWith("*")) {
                current = tables.computeIfAbsent(line.substring(1), t -> new ArrayList<>());
            } else if (line.startsWith("-A ")) {
                current.add(line);
            } else if (line.startsWith(":")) {
                current.add(line.split(" ", 2)[0]);
            }
        }
        return new SavedRules(tables);
    }

    private List<String> lines(String table) {
        return tables.getOrDefault(table, List.of());
    }

    boolean hasChain(String table, String chain) {
        return lines(table).contains(":" + chain);
    }

    /** The rules of a chain, without {@code -A chain}. */
    List<String> rules(String table, String chain) {
        String start = "-A " + chain + " ";
        return lines(table).stream()
                .filter(l -> l.startsWith(start))
                .map(l -> l.substring(start.length()))
                .toList();
    }

    /** How often a chain of the kernel jumps to ours. */
    int jumps(String table, String from, String to) {
        return (int) rules(table, from).stream().filter(r -> r.equals("-j " + to)).count();
    }

    /** Whether these rules are there exactly, each jump once. */
    boolean contains(RuleSet wanted) {
        boolean jumps =
                wanted.jumps().entrySet().stream()
                        .allMatch(j -> jumps(wanted.table(), j.getKey(), j.getValue()) == 1);
        return jumps
                && wanted.chains().entrySet().stream()
                        .allMatch(c -> rules(wanted.table(), c.getKey()).equals(c.getValue()));
    }

    /** Our part of a table, to compare with later: jumps and chains as they are. */
    List<String> ours(String table) {
        return lines(table).stream().filter(l -> l.contains("ISTIO_")).toList();
    }
}
