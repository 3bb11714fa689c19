package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.Bed;
import dev.ambit.demo.bed.BedException;
import dev.ambit.demo.bed.Completed;
import dev.ambit.demo.bed.Node;
import dev.ambit.demo.cluster.Desired.ServiceObject;
import dev.ambit.demo.cluster.Desired.ServicePort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What kube-proxy is in a cluster: on each node, rules that send a service address to one of its
 * ready pods. Only pods outside the mesh meet them; captured ones ask their ztunnel. Owned by the
 * cluster's thread.
 */
final class ServiceProxy {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String CHAIN = "AMBIT-SERVICES";

    private final Bed bed;
    private String installed = "";

    ServiceProxy(Bed bed) {
        this.bed = bed;
    }

    void update(Desired desired, List<PodLife> pods, ServiceAddresses addresses) {
        StringBuilder rules = new StringBuilder("*nat\n:" + CHAIN + " - [0:0]\n");
        for (ServiceObject service : desired.services()) {
            String address = addresses.of(service);
            if (!address.isEmpty() && !service.selector().isEmpty()) {
                List<PodLife> ready = endpoints(service, pods);
                service.ports().forEach(port -> rules(rules, address, port, ready));
            }
        }
        if (installed.isEmpty()) {
            rules.append("-A PREROUTING -j ").append(CHAIN).append('\n');
            rules.append("-A OUTPUT -j ").append(CHAIN).append('\n');
        }
        String text = rules.append("COMMIT\n").toString();
        if (!text.equals(installed)) {
            for (Node node : bed.nodes()) {
                Completed done =
                        bed.exec(
                                node,
                                PATIENCE,
                                text,
                                List.of("iptables-restore", "--wait", "10", "--noflush"));
                if (!done.succeeded()) {
                    throw new BedException(
                            "AMB1627  cannot install the rules of services on %s%n        why    %s"
                                    .formatted(node.name(), done.err().strip()));
                }
            }
            installed = text;
        }
    }

    private static List<PodLife> endpoints(ServiceObject service, List<PodLife> pods) {
        return pods.stream()
                .filter(PodLife::ready)
                .filter(p -> p.template().namespace().equals(service.namespace()))
                .filter(
                        p ->
                                p.template()
                                        .labels()
                                        .entrySet()
                                        .containsAll(service.selector().entrySet()))
                .toList();
    }

    private static void rules(
            StringBuilder rules, String address, ServicePort port, List<PodLife> ready) {
        List<String> targets = new ArrayList<>();
        for (PodLife pod : ready) {
            int number = target(port, pod);
            if (number > 0) {
                targets.add(pod.place().address() + ":" + number);
            }
        }
        for (int i = 0; i < targets.size(); i++) {
            int left = targets.size() - i;
            rules.append(
                    "-A %s -d %s/32 -p tcp -m tcp --dport %d"
                            .formatted(CHAIN, address, port.port()));
            if (left > 1) {
                rules.append(
                        String.format(
                                Locale.ROOT,
                                " -m statistic --mode random --probability %.8f",
                                1.0 / left));
            }
            rules.append(" -j DNAT --to-destination ").append(targets.get(i)).append('\n');
        }
    }

    private static int target(ServicePort port, PodLife pod) {
        if (port.target().chars().allMatch(Character::isDigit)) {
            return Integer.parseInt(port.target());
        }
        return pod.template().container().ports().stream()
                .filter(p -> p.name().equals(port.target()))
                .mapToInt(PodTemplate.Port::number)
                .findFirst()
                .orElse(0);
    }
}
