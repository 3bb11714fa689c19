package dev.ambit.cni.redirect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Input for {@code iptables-restore --noflush}: each table changes at once or not at all, and rules
 * of others stay. Pure.
 */
final class RestoreScript {

    private static final List<String> OURS =
            List.of(RuleSet.PREROUTING, RuleSet.INPUT, RuleSet.OUTPUT);
    private static final Map<String, String> JUMPS =
            new TreeMap<>(
                    Map.of(
                            "PREROUTING", RuleSet.PREROUTING,
                            "INPUT", RuleSet.INPUT,
                            "OUTPUT", RuleSet.OUTPUT));
    private static final List<String> TABLES = List.of("mangle", "nat", "raw", "filter");

    private static final String GUARD = "AMBIT_GUARD";

    private RestoreScript() {}

    /** Whether our rules are these and no others. */
    static boolean fulfilled(SavedRules present, List<RuleSet> wanted) {
        List<String> kept = wanted.stream().map(RuleSet::table).toList();
        return wanted.stream().allMatch(present::contains)
                && TABLES.stream()
                        .filter(t -> !kept.contains(t))
                        .noneMatch(t -> OURS.stream().anyMatch(c -> present.hasChain(t, c)));
    }

    /** Brings what is there to what is wanted, and takes away tables no longer wanted. */
    static String install(SavedRules present, List<RuleSet> wanted) {
        StringBuilder s = new StringBuilder();
        for (RuleSet set : wanted) {
            s.append('*').append(set.table()).append('\n');
            // Naming a chain makes it, or empties it if it is there.
            set.chains().keySet().forEach(c -> s.append(':').append(c).append(" - [0:0]\n"));
            dropJumps(s, present, set.table());
            set.jumps().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(
                            j ->
                                    s.append("-A ")
                                            .append(j.getKey())
                                            .append(" -j ")
                                            .append(j.getValue())
                                            .append('\n'));
            set.chains()
                    .forEach(
                            (chain, rules) ->
                                    rules.forEach(
                                            r ->
                                                    s.append("-A ")
                                                            .append(chain)
                                                            .append(' ')
                                                            .append(r)
                                                            .append('\n')));
            s.append("COMMIT\n");
        }
        List<String> kept = wanted.stream().map(RuleSet::table).toList();
        TABLES.stream().filter(t -> !kept.contains(t)).forEach(t -> remove(s, present, t));
        return s.toString();
    }

    /** Takes our rules away; nothing where there are none. */
    static String remove(SavedRules present) {
        StringBuilder s = new StringBuilder();
        TABLES.forEach(t -> remove(s, present, t));
        return s.toString();
    }

    private static void remove(StringBuilder s, SavedRules present, String table) {
        List<String> chains = OURS.stream().filter(c -> present.hasChain(table, c)).toList();
        if (chains.isEmpty()) {
            return;
        }
        s.append('*').append(table).append('\n');
        dropJumps(s, present, table);
        chains.forEach(c -> s.append("-F ").append(c).append('\n'));
        chains.forEach(c -> s.append("-X ").append(c).append('\n'));
        s.append("COMMIT\n");
    }

    private static void dropJumps(StringBuilder s, SavedRules present, String table) {
        JUMPS.forEach(
                (from, to) -> {
                    for (int i = 0; i < present.jumps(table, from, to); i++) {
                        s.append("-D ").append(from).append(" -j ").append(to).append('\n');
                    }
                });
    }

    /**
     * The guard rail while rules change: new TCP connections over the network wait (their SYN is
     * dropped and sent again by the peer), so none is made that passes by the mesh. The node
     * proxy's own go on.
     */
    static String guard(SavedRules present) {
        String drop = " -p tcp -m mark ! --mark 0x539/0xfff -m conntrack --ctstate NEW -j DROP\n";
        List<String> s = new ArrayList<>(List.of("*filter\n", ":" + GUARD + " - [0:0]\n"));
        for (String from : List.of("INPUT", "OUTPUT")) {
            if (present.jumps("filter", from, GUARD) == 0) {
                s.add("-I " + from + " 1 -j " + GUARD + "\n");
            }
        }
        s.add("-A " + GUARD + " -i lo -j RETURN\n");
        s.add("-A " + GUARD + " -o lo -j RETURN\n");
        s.add("-A " + GUARD + drop);
        s.add("COMMIT\n");
        return String.join("", s);
    }

    /** Takes the guard rail away. */
    static String unguard(SavedRules present) {
        if (!present.hasChain("filter", GUARD)) {
            return "";
        }
        StringBuilder s = new StringBuilder("*filter\n");
        for (String from : List.of("INPUT", "OUTPUT")) {
            for (int i = 0; i < present.jumps("filter", from, GUARD); i++) {
                s.append("-D ").append(from).append(" -j ").append(GUARD).append('\n');
            }
        }
        return s.append("-F ")
                .append(GUARD)
                .append("\n-X ")
                .append(GUARD)
                .append("\nCOMMIT\n")
                .toString();
    }
}
