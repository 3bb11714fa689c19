package dev.ambit.cni.redirect;

import java.util.List;

/**
 * Table 100 and the rule that leads to it: what the pod answers to a connection of the node proxy
 * (mark 0x111) is delivered locally, to the proxy's transparent socket.
 */
final class ReturnRoute {

    private static final String TABLE = "100";
    private static final String PREFERENCE = "32764";

    private final Family family;
    private final Command command;

    ReturnRoute(Family family, Command command) {
        this.family = family;
        this.command = command;
    }

    private List<String> ip(String... words) {
        java.util.ArrayList<String> all = new java.util.ArrayList<>(List.of("ip", family.option));
        all.addAll(List.of(words));
        return all;
    }

    private String show() throws RedirectException {
        // Forced: a table that never had a route is an error to ip(8), and means none.
        return command.run(
                        "rule list\nroute list table " + TABLE + "\n", ip("-force", "-batch", "-"))
                .out();
    }

    boolean present() throws RedirectException {
        String shown = show();
        return hasRule(shown) && hasRoute(shown);
    }

    static boolean hasRule(String shown) {
        return shown.lines()
                .anyMatch(l -> l.contains("fwmark 0x111/0xfff") && l.contains("lookup " + TABLE));
    }

    static boolean hasRoute(String shown) {
        return shown.lines().anyMatch(l -> l.startsWith("local ") && l.contains("dev lo"));
    }

    void install() throws RedirectException {
        String shown = show();
        StringBuilder batch = new StringBuilder();
        batch.append("route replace local ").append(family.everything);
        batch.append(" dev lo table ").append(TABLE).append('\n');
        if (!hasRule(shown)) {
            batch.append("rule add fwmark 0x111/0xfff pref ").append(PREFERENCE);
            batch.append(" lookup ").append(TABLE).append('\n');
        }
        command.must("AMB1514", "return route not installed", batch.toString(), ip("-batch", "-"));
    }

    void remove() throws RedirectException {
        String shown = show();
        StringBuilder batch = new StringBuilder();
        if (hasRule(shown)) {
            batch.append("rule del fwmark 0x111/0xfff pref ").append(PREFERENCE);
            batch.append(" lookup ").append(TABLE).append('\n');
        }
        if (hasRoute(shown)) {
            batch.append("route del local ").append(family.everything);
            batch.append(" dev lo table ").append(TABLE).append('\n');
        }
        if (!batch.isEmpty()) {
            command.must(
                    "AMB1515", "return route not removed", batch.toString(), ip("-batch", "-"));
        }
    }
}
