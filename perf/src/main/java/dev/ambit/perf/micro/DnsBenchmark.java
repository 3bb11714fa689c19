package dev.ambit.perf.micro;

import dev.ambit.api.workload.Workload;
import dev.ambit.policy.dns.AddressFamily;
import dev.ambit.policy.dns.ClusterNames;
import dev.ambit.policy.dns.DnsAnswer;
import dev.ambit.policy.dns.DnsClient;
import dev.ambit.policy.dns.NameLookup;
import dev.ambit.policy.state.MeshState;
import dev.ambit.ztunnel.dns.DnsQuery;
import dev.ambit.ztunnel.dns.Reply;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
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

/** What becomes of a message to the DNS proxy, without its socket; 1,000 services are known. */
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
public class DnsBenchmark {

    private static final int NAMES = 1 << 8;
    private static final int A = 1;

    private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    private final ClusterNames cluster = new ClusterNames("cluster.local", null, false);
    private final NameLookup lookup = new NameLookup(cluster);
    private final Workload workload = Meshes.workload("client", Meshes.ip(11, 1)).build();
    private final DnsClient client = DnsClient.assumed(workload, cluster);
    private final byte[][] known = new byte[NAMES][];
    private final byte[] unknown = question("www.example.com");
    private MeshState mesh = new MeshState("");
    private int next;

    @Setup
    public void fill() {
        mesh = Meshes.large();
        for (int i = 0; i < NAMES; i++) {
            known[i] = question(Meshes.serviceName(i));
        }
    }

    /** Reads a question. */
    @Benchmark
    public DnsQuery.Parsed parse() {
        return DnsQuery.parse(known[next++ & NAMES - 1]);
    }

    /** Reads a question for a service, finds it, builds the answer. */
    @Benchmark
    public byte[] answer() {
        return answer(known[next++ & NAMES - 1]);
    }

    /** Finds that the mesh does not know a name, under all search domains. */
    @Benchmark
    public DnsAnswer notOfTheMesh() {
        return find(read(unknown));
    }

    private byte[] answer(byte[] message) {
        DnsQuery query = read(message);
        return switch (find(query)) {
            case DnsAnswer.Found found -> Reply.answer(query, found, query.maxDatagram());
            case DnsAnswer.Forward forward ->
                    throw new IllegalStateException(query.name() + ": not found");
        };
    }

    private DnsAnswer find(DnsQuery query) {
        String name = query.name();
        if (name == null) {
            throw new IllegalStateException("question without a name");
        }
        return lookup.lookup(client, name, AddressFamily.V4, mesh, random);
    }

    private static DnsQuery read(byte[] message) {
        return switch (DnsQuery.parse(message)) {
            case DnsQuery.Parsed.Question question -> question.query();
            case DnsQuery.Parsed.Bad bad -> throw new IllegalStateException(bad.reason());
            case DnsQuery.Parsed.Ignored ignored ->
                    throw new IllegalStateException(ignored.reason());
        };
    }

    /** RFC 1035: a header that wants recursion, and one question for an IPv4 address. */
    private static byte[] question(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[] {0, 0, A, 0, 1});
        return out.toByteArray();
    }
}
