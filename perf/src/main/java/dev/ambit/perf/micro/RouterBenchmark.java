package dev.ambit.perf.micro;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.l4.OutboundRoute;
import dev.ambit.policy.l4.OutboundRouter;
import dev.ambit.policy.state.MeshState;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The routing decision of one connection, among 100,000 workloads of 1,000 services. */
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
public class RouterBenchmark {

    private static final int DESTINATIONS = 1 << 10;

    private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    private final OutboundRouter router = new OutboundRouter("", Set.of(15001, 15006, 15008));
    private final IpPort[] workloads = new IpPort[DESTINATIONS];
    private final IpPort[] services = new IpPort[DESTINATIONS];
    private final Workload client = Meshes.workload("client", Meshes.ip(11, 1)).build();
    private MeshState mesh = new MeshState("");
    private int next;

    @Setup
    public void fill() {
        mesh = Meshes.large();
        for (int i = 0; i < DESTINATIONS; i++) {
            workloads[i] = new IpPort(Meshes.ip(10, i * 97), 8080);
            services[i] = new IpPort(Meshes.vip(i % Meshes.SERVICES), 80);
        }
    }

    /** To a pod's own address. */
    @Benchmark
    public OutboundRoute toWorkload() {
        return router.route(client, workloads[next++ & DESTINATIONS - 1], mesh, random);
    }

    /** To a service of a hundred endpoints. */
    @Benchmark
    public OutboundRoute toService() {
        return router.route(client, services[next++ & DESTINATIONS - 1], mesh, random);
    }
}
