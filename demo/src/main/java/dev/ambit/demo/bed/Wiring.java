package dev.ambit.demo.bed;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes namespaces and the wires between them.
 *
 * <p>A pod hangs on its node by a point-to-point veth pair with host routes on both ends, so that
 * even pods of one node meet only through the node's routing: that is what lets the node translate
 * service addresses for pods outside the mesh, both ways.
 */
final class Wiring {

    static final String FABRIC_NETWORK = "10.98.0.";
    static final String FABRIC_ADDRESS = FABRIC_NETWORK + "2";
    static final String UPLINK = "up0";

    private static final String BRIDGE = "br0";

    /** Connections of short lives would otherwise run a pod out of ports within a minute. */
    private static final List<String> POD_SETTINGS =
            List.of(
                    "net.ipv4.ip_local_port_range=2048 65000",
                    "net.ipv4.tcp_tw_reuse=1",
                    "net.ipv4.tcp_max_tw_buckets=2000",
                    "net.netfilter.nf_conntrack_tcp_timeout_time_wait=1");

    private Wiring() {}

    static void layOut(Fabric fabric, List<Node> nodes) {
        List<String> host = new ArrayList<>();
        host.add("netns add " + fabric.namespace());
        nodes.forEach(n -> host.add("netns add " + n.namespace()));
        for (Node n : nodes) {
            host.add(
                    "link add %s netns %s type veth peer name %s netns %s"
                            .formatted(fabricSide(n), fabric.namespace(), UPLINK, n.namespace()));
        }
        batch(null, host);

        List<String> inside = new ArrayList<>();
        inside.add("link set lo up");
        inside.add("link add " + BRIDGE + " type bridge");
        inside.add("link set " + BRIDGE + " up");
        inside.add("addr add " + fabric.address() + "/24 dev " + BRIDGE);
        for (Node n : nodes) {
            inside.add("link set %s master %s up".formatted(fabricSide(n), BRIDGE));
            inside.add("route add %s via %s".formatted(n.podCidr(), n.address()));
        }
        batch(fabric.namespace(), inside);
        nodes.forEach(n -> layOut(n, fabric, nodes));
    }

    private static void layOut(Node node, Fabric fabric, List<Node> all) {
        List<String> inside = new ArrayList<>();
        inside.add("link set lo up");
        inside.add("addr add " + node.address() + "/24 dev " + UPLINK);
        inside.add("link set " + UPLINK + " up");
        inside.add("route add default via " + fabric.address());
        for (Node other : all) {
            if (!other.equals(node)) {
                inside.add("route add %s via %s".formatted(other.podCidr(), other.address()));
            }
        }
        batch(node.namespace(), inside);
        settings(node.namespace(), List.of("net.ipv4.ip_forward=1"), true);
    }

    static void add(Pod pod) {
        Node node = pod.node();
        batch(
                null,
                List.of(
                        "netns add " + pod.namespace(),
                        "link add %s netns %s type veth peer name eth0 netns %s"
                                .formatted(pod.nodeSide(), node.namespace(), pod.namespace())));
        batch(
                node.namespace(),
                List.of(
                        "addr add %s/32 dev %s".formatted(node.gateway(), pod.nodeSide()),
                        "link set " + pod.nodeSide() + " up",
                        "route add %s/32 dev %s".formatted(pod.address(), pod.nodeSide())));
        batch(
                pod.namespace(),
                List.of(
                        "link set lo up",
                        "addr add " + pod.address() + "/32 dev eth0",
                        "link set eth0 up",
                        "route add " + node.gateway() + " dev eth0 scope link",
                        "route add default via " + node.gateway()));
        settings(pod.namespace(), POD_SETTINGS, false);
    }

    static void remove(Pod pod) {
        batch(pod.node().namespace(), List.of("link del " + pod.nodeSide()));
    }

    static List<String> enter(String namespace, List<String> command) {
        List<String> whole = new ArrayList<>();
        whole.add("nsenter");
        whole.add("--net=/run/netns/" + namespace);
        whole.add("--");
        whole.addAll(command);
        return whole;
    }

    private static void batch(@Nullable String namespace, List<String> l) {
        List<String> command = new ArrayList<>(List.of("ip"));
        if (namespace != null) {
            command.addAll(List.of("-n", namespace));
        }
        command.addAll(List.of("-batch", "-"));
        SystemCommand.must(command, String.join("\n", l) + "\n");
    }

    /** Settings a kernel or a user namespace may refuse are left as they are unless needed. */
    private static void settings(String namespace, List<String> settings, boolean needed) {
        StringBuilder script = new StringBuilder();
        for (String s : settings) {
            int eq = s.indexOf('=');
            script.append(
                    "echo '%s' > /proc/sys/%s%s\n"
                            .formatted(
                                    s.substring(eq + 1),
                                    s.substring(0, eq).replace('.', '/'),
                                    needed ? " || exit 1" : " 2>/dev/null"));
        }
        script.append("true\n");
        SystemCommand.must(enter(namespace, List.of("sh", "-c", script.toString())), "");
    }

    private static String fabricSide(Node n) {
        return "node" + n.index();
    }
}
