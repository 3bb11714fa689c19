package dev.ambit.perf.micro;

import dev.ambit.api.IpPort;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.l4.L4Authorizer;
import dev.ambit.policy.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * L4 policy of one connection, under policies of ten rules that all apply to its destination; every
 * tenth of them denies. What a decision costs must not depend on how many there are.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders"
        })
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AuthorizerBenchmark {

    private static final int RULES = 10;
    private static final int DENY_EVERY = 10;

    /** As few as in the smallest case, so that all cases ask with caches equally warm. */
    private static final int CONNECTIONS = 64;

    @Param({"10", "1000", "10000"})
    private int policies;

    private final Workload server = Meshes.workload("server", Meshes.ip(10, 2)).build();
    private final ConnectionFacts[] known = new ConnectionFacts[CONNECTIONS];
    private final ConnectionFacts[] strangers = new ConnectionFacts[CONNECTIONS];
    private MeshState mesh = new MeshState("");
    private int next;

    @Setup
    public void fill() {
        mesh = new MeshState("");
        List<Authorization> all = new ArrayList<>();
        for (int i = 0; i < policies; i++) {
            all.add(policy(i));
        }
        mesh.applyAuthorizations(all, List.of());
        for (int i = 0; i < CONNECTIONS; i++) {
            known[i] = from("ns" + (long) i * policies * RULES / CONNECTIONS);
            strangers[i] = from("unknown" + i);
        }
    }

    /** A client that some rule names. */
    @Benchmark
    public Decision named() {
        return L4Authorizer.decide(known[next++ & CONNECTIONS - 1], server, mesh);
    }

    /** A client that no rule names: denied, because there are ALLOW policies. */
    @Benchmark
    public Decision stranger() {
        return L4Authorizer.decide(strangers[next++ & CONNECTIONS - 1], server, mesh);
    }

    private static Authorization policy(int number) {
        List<Rule> rules = new ArrayList<>();
        for (int r = 0; r < RULES; r++) {
            Match from =
                    Match.builder()
                            .principals(
                                    new StringMatcher.Exact(
                                            "cluster.local/ns/ns"
                                                    + (number * RULES + r)
                                                    + "/sa/sa"))
                            .build();
            Match to = Match.builder().destinationPorts(8080, 8443).build();
            rules.add(new Rule(List.of(new Clause(List.of(from)), new Clause(List.of(to)))));
        }
        return new Authorization(
                "ns",
                "policy-" + number,
                Authorization.Scope.NAMESPACE,
                number % DENY_EVERY == DENY_EVERY - 1
                        ? Authorization.Action.DENY
                        : Authorization.Action.ALLOW,
                rules,
                false);
    }

    private static ConnectionFacts from(String namespace) {
        return new ConnectionFacts(
                SpiffeId.of("cluster.local", namespace, "sa"),
                new IpPort(Meshes.ip(10, 7), 40_000),
                new IpPort(Meshes.ip(10, 2), 8080));
    }
}
