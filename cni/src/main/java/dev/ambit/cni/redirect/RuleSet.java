package dev.ambit.cni.redirect;

import dev.ambit.cni.enrolment.Capture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of one table: our chains with their rules, and the jumps from the kernel's chains into
 * them. Rules are written as {@code iptables-save} prints them, so that what is there can be
 * compared with what should be.
 *
 * @param chains rules by chain, without the {@code -A chain}
 * @param jumps our chain by the kernel's
 */
record RuleSet(String table, Map<String, List<String>> chains, Map<String, String> jumps) {

    /** Packets the node proxy sends carry this; they are never captured again. */
    private static final String FROM_PROXY = "0x539/0xfff";

    /** Connections the node proxy made to the pod; their answers go back to it by table 100. */
    private static final String TO_PROXY = "0x111/0xfff";

    static final String PREROUTING = "ISTIO_PRERT";
    static final String INPUT = "ISTIO_INPUT";
    static final String OUTPUT = "ISTIO_OUTPUT";
    private static final Map<String, String> BOTH =
            Map.of("PREROUTING", PREROUTING, "OUTPUT", OUTPUT);

    RuleSet {
        chains = new LinkedHashMap<>(chains);
        jumps = Map.copyOf(jumps);
    }

    /** All tables of a pod. DNS needs its own because both directions of a query look alike. */
    static List<RuleSet> of(Family family, Capture capture) {
        List<RuleSet> tables = new ArrayList<>();
        tables.add(mangle());
        tables.add(nat(family, capture));
        if (capture.dns()) {
            tables.add(raw());
        }
        if (capture.blockUdp()) {
            tables.add(filter(family));
        }
        return tables;
    }

    private static RuleSet mangle() {
        return table(
                "mangle",
                List.of("-m mark --mark " + FROM_PROXY + " -j CONNMARK --set-xmark " + TO_PROXY),
                List.of(
                        "-m connmark --mark "
                                + TO_PROXY
                                + " -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask"
                                + " 0xffffffff"));
    }

    private static RuleSet nat(Family f, Capture capture) {
        List<String> in = new ArrayList<>();
        for (String i : capture.virtualInterfaces()) {
            in.add("-i " + i + " -p tcp -j REDIRECT --to-ports 15001");
            in.add("-i " + i + " -p tcp -j RETURN");
        }
        if (capture.inbound()) {
            in.add("-s " + f.probes + " -p tcp -j ACCEPT");
            in.add(
                    "! -d "
                            + f.loopback
                            + " -p tcp -m tcp ! --dport 15008 -m mark ! --mark "
                            + FROM_PROXY
                            + " -j REDIRECT --to-ports 15006");
        }
        List<String> out = new ArrayList<>();
        out.add("-d " + f.probes + " -p tcp -j ACCEPT");
        if (capture.dns()) {
            out.add(
                    "! -o lo -p udp -m udp --dport 53 -m mark ! --mark "
                            + FROM_PROXY
                            + " -j REDIRECT --to-ports 15053");
            out.add(
                    "! -d "
                            + f.loopback
                            + " -p tcp -m tcp --dport 53 -m mark ! --mark "
                            + FROM_PROXY
                            + " -j REDIRECT --to-ports 15053");
        }
        out.add("-p tcp -m mark --mark " + TO_PROXY + " -j ACCEPT");
        out.add("! -d " + f.loopback + " -o lo -j ACCEPT");
        out.add(
                "! -d "
                        + f.loopback
                        + " -p tcp -m mark ! --mark "
                        + FROM_PROXY
                        + " -j REDIRECT --to-ports 15001");
        return table("nat", in, out);
    }

    private static RuleSet raw() {
        return table(
                "raw",
                List.of(
                        "-p udp -m udp --sport 53 -m mark ! --mark "
                                + FROM_PROXY
                                + " -j CT --zone 1"),
                List.of(
                        "-p udp -m udp --dport 53 -m mark --mark "
                                + FROM_PROXY
                                + " -j CT --zone 1"));
    }

    /** The mesh carries no UDP: what is not DNS, local, or the node proxy's own is refused. */
    private static RuleSet filter(Family f) {
        String reject = " -j REJECT --reject-with " + f.unreachable;
        Map<String, List<String>> chains = new LinkedHashMap<>();
        chains.put(INPUT, List.of("! -i lo -p udp -m udp ! --sport 53" + reject));
        chains.put(
                OUTPUT,
                List.of(
                        "! -o lo -p udp -m udp ! --dport 53 -m mark ! --mark "
                                + FROM_PROXY
                                + reject));
        return new RuleSet("filter", chains, Map.of("INPUT", INPUT, "OUTPUT", OUTPUT));
    }

    private static RuleSet table(String name, List<String> in, List<String> out) {
        Map<String, List<String>> chains = new LinkedHashMap<>();
        chains.put(PREROUTING, List.copyOf(in));
        chains.put(OUTPUT, List.copyOf(out));
        return new RuleSet(name, chains, BOTH);
    }
}
