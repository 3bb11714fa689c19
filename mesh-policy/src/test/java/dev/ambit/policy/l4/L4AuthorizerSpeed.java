package dev.ambit.policy.l4;

import static dev.ambit.policy.testing.TestMesh.pod;

import com.sun.management.ThreadMXBean;
import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.state.MeshState;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * D19: what a decision costs under 10, 1,000 and 10,000 policies of 10 rules each, all of which
 * apply. A main to run by hand; CPU time of its thread.
 */
final class L4AuthorizerSpeed {

    private static final int RULES = 10;

    private L4AuthorizerSpeed() {}

    public static void main(String[] args) {
        int[] counts = {10, 1_000, 10_000};
        for (int round = 0; round < 2; round++) {
            for (int count : counts) {
                measure(count);
            }
        }
    }

    private static void measure(int count) {
        MeshState state = new MeshState("");
        List<Authorization> policies = policies(count);
        long began = cpuNanos();
        state.applyAuthorizations(policies, List.of());
        Workload server = pod("ns/server", "10.0.0.2").build();
        long compiled = cpuNanos() - began;
        List<ConnectionFacts> connections = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            connections.add(connection(i * 7919 % (count * RULES), i % 3 == 0));
        }
        long decisions = 1_000_000;
        for (int i = 0; i < 20_000; i++) {
            L4Authorizer.decide(connections.get(i % 1_000), server, state);
        }
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = thread.getCurrentThreadAllocatedBytes();
        began = cpuNanos();
        long allowed = 0;
        for (int i = 0; i < decisions; i++) {
            allowed +=
                    L4Authorizer.decide(connections.get(i % 1_000), server, state).isAllowed()
                            ? 1
                            : 0;
        }
        long nanos = cpuNanos() - began;
        allocated = thread.getCurrentThreadAllocatedBytes() - allocated;
        began = cpuNanos();
        int changes = 100;
        for (int i = 0; i < changes; i++) {
            state.applyAuthorizations(List.of(policy(i % count, i + 1_000_000)), List.of());
        }
        long changed = cpuNanos() - began;
        System.out.printf(
                "%,7d policies: %6d ns/decision, %4d B/decision, %.0f %% allowed,"
                        + " compiled in %d ms, one changed in %.2f ms%n",
                count,
                nanos / decisions,
                allocated / decisions,
                100.0 * allowed / decisions,
                compiled / 1_000_000,
                changed / 1e6 / changes);
    }

    /** Of this thread: other programs do not count. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static List<Authorization> policies(int count) {
        List<Authorization> policies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            policies.add(policy(i, i));
        }
        return policies;
    }

    /** ALLOW, as most are; every tenth a DENY. */
    private static Authorization policy(int i, int seed) {
        List<Rule> rules = new ArrayList<>();
        for (int r = 0; r < RULES; r++) {
            int n = seed * RULES + r;
            Match from =
                    switch (n % 4) {
                        case 0 ->
                                Match.builder()
                                        .sourceIps(Cidr.parse("10." + n % 256 + ".0.0/16"))
                                        .namespaces(new StringMatcher.Exact("ns" + n))
                                        .build();
                        case 1 ->
                                Match.builder()
                                        .principals(
                                                new StringMatcher.Prefix(
                                                        "cluster.local/ns/ns" + n + "/"))
                                        .build();
                        default ->
                                Match.builder()
                                        .principals(
                                                new StringMatcher.Exact(
                                                        "cluster.local/ns/ns" + n + "/sa/sa"))
                                        .build();
                    };
            Match to = Match.builder().destinationPorts(8080, 8443).build();
            rules.add(new Rule(List.of(new Clause(List.of(from)), new Clause(List.of(to)))));
        }
        return new Authorization(
                "ns",
                "policy-" + i,
                Authorization.Scope.NAMESPACE,
                i % 10 == 9 ? Authorization.Action.DENY : Authorization.Action.ALLOW,
                rules,
                false);
    }

    private static ConnectionFacts connection(int n, boolean stranger) {
        return new ConnectionFacts(
                SpiffeId.of("cluster.local", "ns" + (stranger ? "-none" : n), "sa"),
                new IpPort(IpAddress.parse("10." + n % 256 + ".0.7"), 40_000),
                new IpPort(IpAddress.parse("10.0.0.2"), 8080));
    }
}
