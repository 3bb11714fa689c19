package dev.ambit.ztunnel.inpod;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Workload;
import dev.ambit.api.workload.WorkloadBuilder;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.revocation.Revocation;
import dev.ambit.identity.revocation.UnknownStatus;
import dev.ambit.identity.rotation.CertificateRotation;
import dev.ambit.identity.rotation.RotationConfig;
import dev.ambit.identity.testing.FakeSigner;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.tls.SessionCuts;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.testing.TestLoops;
import dev.ambit.ztunnel.dns.DnsConfig;
import dev.ambit.ztunnel.dns.DnsMetrics;
import dev.ambit.ztunnel.egress.EgressConfig;
import dev.ambit.ztunnel.egress.EgressMetrics;
import dev.ambit.ztunnel.policy.FailoverConfig;
import dev.ambit.ztunnel.policy.IdentityLimits;
import dev.ambit.ztunnel.policy.ProxyOptions;
import dev.ambit.ztunnel.shortcut.Neighbours;
import dev.ambit.ztunnel.socket.ProxyPorts;
import dev.ambit.ztunnel.socket.SocketConfig;
import dev.ambit.ztunnel.state.AddressDemand;
import dev.ambit.ztunnel.state.StateSignal;
import dev.ambit.ztunnel.state.WorkloadInfo;
import dev.ambit.ztunnel.telemetry.ConnectionMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A mesh in this process without any privilege: a pod is an address of {@link LoopbackRange} with
 * the standard ports, and where its connections meant to go is told instead of asked of the kernel.
 */
final class LoopbackMesh implements AutoCloseable {

    static final Duration DRAIN = Duration.ofMillis(500);

    /** Less patient than in production, so that tests need not be patient either. */
    private static final FailoverConfig FAILOVER =
            new FailoverConfig(
                    3, Duration.ofMillis(300), Duration.ofSeconds(10), Duration.ofSeconds(10));

    private static final int PATIENCE_MILLIS = 10_000;

    final MeshState mesh = new MeshState("");
    final FakeSigner signer;

    /** Of pods made from now on. */
    IdentityLimits.Rules limits = IdentityLimits.Rules.OFF;

    final HboneCounters tunnels = new HboneCounters();
    private final @Nullable Neighbours neighbours;
    private final StateSignal signal = StateSignal.of(mesh);
    final EventLoops loops = TestLoops.start();
    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "test");
    private final ConnectionMetrics metrics = new ConnectionMetrics(registry);
    final Revocation revocation = new Revocation(UnknownStatus.ALLOW, Clock.systemUTC());
    final SessionCuts cuts = new SessionCuts(revocation);
    final CertificateRotation certificates;
    private final List<LoopbackPod> pods = new ArrayList<>();
    private final DnsMetrics dnsMetrics = new DnsMetrics(registry);
    private final EgressMetrics egressMetrics = new EgressMetrics(registry);

    /** How pods made from now on find names. */
    PodProxies.Names names = names(null, EgressConfig.ALLOW_ANY);

    /** The ports of pods made from now on. */
    ProxyPorts ports = ProxyPorts.STANDARD;

    /** The listeners of pods made from now on. */
    Doors doors = Doors.ALL;

    private boolean ours;

    /** With a CA that signs at once. */
    LoopbackMesh() {
        this(FakeSigner.immediate(new TestCertificates()));
    }

    LoopbackMesh(FakeSigner signer) {
        this(signer, null);
    }

    /** With the same-node short cut on. */
    static LoopbackMesh withShortcut() {
        return withShortcut(FakeSigner.immediate(new TestCertificates()));
    }

    static LoopbackMesh withShortcut(FakeSigner signer) {
        return new LoopbackMesh(signer, new Neighbours(true));
    }

    private LoopbackMesh(FakeSigner signer, @Nullable Neighbours neighbours) {
        this.signer = signer;
        revocation.register(registry);
        this.neighbours = neighbours;
        this.certificates =
                new CertificateRotation(
                        signer,
                        loops.control(),
                        loops.blocking(),
                        RotationConfig.DEFAULT.with(cuts),
                        Clock.systemUTC());
    }

    PodProxies.Names names(@Nullable DnsConfig dns, EgressConfig egress) {
        return new PodProxies.Names(
                dns, dnsMetrics, AddressDemand.everything(), egress, egressMetrics);
    }

    /** A pod in the mesh. */
    LoopbackPod pod(String name, UnaryOperator<WorkloadBuilder> details) {
        LoopbackPod pod = unknownPod(name, details);
        apply(pod.workload);
        return pod;
    }

    LoopbackPod pod(String name) {
        return pod(name, details -> details);
    }

    /** The pod a proxy itself runs in. */
    LoopbackPod ownPod(String name) {
        ours = true;
        try {
            return pod(name);
        } finally {
            ours = false;
        }
    }

    /** A pod the state does not know yet. */
    LoopbackPod unknownPod(String name, UnaryOperator<WorkloadBuilder> details) {
        LoopbackPod pod = new LoopbackPod(name, details);
        pods.add(pod);
        return pod;
    }

    void apply(MeshAddress... addresses) {
        mesh.applyAddresses(List.of(addresses), List.of());
    }

    void apply(Authorization policy) {
        mesh.applyAuthorizations(List.of(policy), List.of());
    }

    /** All series of traffic, but for histograms and what tells ports or times. */
    List<String> traffic() {
        String text = new String(registry.scrape(null).body(), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> line.startsWith("istio_tcp_") && !line.contains("_bucket"))
                .sorted()
                .toList();
    }

    /** The value of all series of a metric that contain the texts. */
    double metric(String name, String... labels) {
        String text = new String(registry.scrape(null).body(), StandardCharsets.UTF_8);
        return text.lines()
                .filter(line -> line.startsWith(name + "{"))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Override
    public void close() {
        for (LoopbackPod pod : pods) {
            pod.proxy
                    .stop(Pod.Stop.IMMEDIATE)
                    .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
        }
        certificates.close();
        loops.close();
    }

    /** A pod and its proxy. */
    final class LoopbackPod {
        final InetAddress address;
        final Workload workload;
        final PodProxy proxy;

        /** Where the pod's next connection means to go. */
        private volatile InetSocketAddress target = new InetSocketAddress(0);

        private LoopbackPod(String name, UnaryOperator<WorkloadBuilder> details) {
            IpAddress ip = LoopbackRange.address(pods.size() + 2);
            address = ip.toInetAddress();
            workload =
                    details.apply(
                                    Workload.builder(
                                                    "c//Pod/ns/" + name,
                                                    name,
                                                    SpiffeId.of("cluster.local", "ns", name))
                                            .addresses(List.of(ip))
                                            .tunnelProtocol(TunnelProtocol.HBONE))
                            .build();
            proxy = started(new WorkloadInfo(name, "ns", name));
        }

        private PodProxy started(WorkloadInfo info) {
            SocketConfig sockets =
                    new SocketConfig(
                            null, false, false, null, null, Duration.ofSeconds(2), address);
            PodProxies proxies =
                    new PodProxies(
                            new PodProxies.State(mesh, signal, certificates, cuts),
                            new PodProxies.Engine(loops, metrics, tunnels, neighbours),
                            HboneSettings.defaults(),
                            sockets,
                            new ProxyOptions("", ports, true, true, false, limits, FAILOVER),
                            new PodProxies.Listening(true, DRAIN, DRAIN, accepted -> target, doors),
                            names);
            CompletableFuture<PodProxy> starting =
                    (ours ? proxies.ours() : proxies).startHere(info);
            return starting.orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).join();
        }

        IpPort at(int port) {
            return new IpPort(IpAddress.of(address), port);
        }

        /** The pod's application connects somewhere. */
        Socket connect(IpPort to) throws IOException {
            target = to.toSocketAddress();
            return dial(ProxyPorts.STANDARD.outbound(), address);
        }

        /** The pod's application connects to its SOCKS5 proxy. */
        Socket connectSocks() throws IOException {
            return dial(ports.socks(), null);
        }

        /** Somebody outside the mesh connects to the pod. */
        Socket arrive(int port) throws IOException {
            target = at(port).toSocketAddress();
            return dial(ProxyPorts.STANDARD.inboundPlaintext(), null);
        }

        private Socket dial(int port, @Nullable InetAddress from) throws IOException {
            Socket socket = new Socket();
            if (from != null) {
                socket.bind(new InetSocketAddress(from, 0));
            }
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            return socket;
        }
    }
}
