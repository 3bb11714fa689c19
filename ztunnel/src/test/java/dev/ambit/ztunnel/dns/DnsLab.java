package dev.ambit.ztunnel.dns;

import static dev.ambit.policy.testing.TestMesh.pod;

import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.rotation.CertificateRotation;
import dev.ambit.identity.rotation.RotationConfig;
import dev.ambit.identity.testing.FakeSigner;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.policy.dns.ClusterNames;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import dev.ambit.ztunnel.egress.EgressConfig;
import dev.ambit.ztunnel.egress.EgressGuard;
import dev.ambit.ztunnel.egress.EgressMetrics;
import dev.ambit.ztunnel.socket.PodSockets;
import dev.ambit.ztunnel.socket.SocketConfig;
import dev.ambit.ztunnel.state.AddressDemand;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.state.StateSignal;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One pod's DNS proxy on 127.88.0.9 without any privilege, and a client in the pod. */
final class DnsLab implements AutoCloseable {

    static final DnsConfig.Limits QUICK =
            new DnsConfig.Limits(
                    Duration.ofMillis(300),
                    16,
                    4,
                    Duration.ofMillis(300),
                    Duration.ofSeconds(60),
                    Duration.ofMillis(200));
    static final Workload CLIENT = pod("ns/client", "10.0.0.1").canonicalName("app").build();
    private static final int PATIENCE = 10_000;

    final MeshState mesh = new MeshState("");
    final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "test");
    final EventLoops loops;
    final EgressGuard egress =
            EgressGuard.of(
                    "ns",
                    new EgressConfig(true, java.util.Set.of(), List.of("*.example.com"), List.of()),
                    new EgressMetrics(registry));
    private final CertificateRotation certificates;
    private final InetSocketAddress address;
    private final PodSockets sockets;
    private final DnsConfig config;
    private final DnsProxy.Parts parts;
    final DnsProxy proxy;

    DnsLab(FakeNameServer... servers) throws IOException {
        this(AddressDemand.everything(), servers);
    }

    DnsLab(AddressDemand demand, FakeNameServer... servers) throws IOException {
        this(TestLoops.start(), demand, servers);
    }

    DnsLab(EventLoops loops, AddressDemand demand, FakeNameServer... servers) throws IOException {
        this.loops = loops;
        certificates =
                new CertificateRotation(
                        FakeSigner.immediate(new TestCertificates()),
                        loops.control(),
                        loops.blocking(),
                        RotationConfig.DEFAULT,
                        Clock.systemUTC());
        InetAddress own = dev.ambit.api.IpAddress.parse("127.88.0.9").toInetAddress();
        address = new InetSocketAddress(own, 15053);
        sockets =
                new PodSockets(
                        null,
                        loops.transport(),
                        new SocketConfig(
                                null, false, false, null, null, Duration.ofSeconds(2), own),
                        true);
        List<InetSocketAddress> upstreams =
                Arrays.stream(servers).map(FakeNameServer::address).toList();
        config =
                new DnsConfig(
                        DnsConfig.Listen.STANDARD,
                        new ClusterNames("cluster.local", null, true),
                        () -> upstreams,
                        null,
                        false,
                        QUICK);
        LocalWorkload local =
                new LocalWorkload(
                        new WorkloadInfo("client", "ns", "client"),
                        mesh,
                        StateSignal.of(mesh),
                        certificates);
        parts =
                new DnsProxy.Parts(
                        local, demand, egress, new DnsMetrics(registry), loops.blocking());
        proxy = start(DnsProxy.Bound.NONE);
        apply(CLIENT);
    }

    /** Another one in the same pod. */
    DnsProxy start(DnsProxy.Bound already) {
        return DnsProxy.start(loops.nextData(), sockets, config, parts, already)
                .orTimeout(PATIENCE, TimeUnit.MILLISECONDS)
                .join();
    }

    void apply(MeshAddress... addresses) {
        mesh.applyAddresses(List.of(addresses), List.of());
    }

    byte[] udp(byte[] question) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE);
            socket.send(new DatagramPacket(question, question.length, address));
            DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(answer);
            return Arrays.copyOf(answer.getData(), answer.getLength());
        }
    }

    DatagramSocket client() throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.connect(address);
        socket.setSoTimeout(PATIENCE);
        return socket;
    }

    Socket dial() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(PATIENCE);
        socket.connect(address, PATIENCE);
        return socket;
    }

    byte[] tcp(byte[] question) throws IOException {
        try (Socket socket = dial()) {
            send(socket, question);
            return receive(socket);
        }
    }

    static void send(Socket socket, byte[] question) throws IOException {
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        byte[] framed = new byte[question.length + 2];
        Reply.put(framed, 0, question.length);
        System.arraycopy(question, 0, framed, 2, question.length);
        out.write(framed);
    }

    static byte[] receive(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        return in.readNBytes(in.readUnsignedShort());
    }

    double metric(String name, String... labels) {
        String text = new String(registry.scrape(null).body(), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Override
    public void close() {
        proxy.stop(false).orTimeout(PATIENCE, TimeUnit.MILLISECONDS).join();
        sockets.close();
        certificates.close();
        loops.close();
    }
}
