package dev.ambit.ztunnel.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.identity.rotation.CertificateRotation;
import dev.ambit.identity.rotation.RotationConfig;
import dev.ambit.identity.testing.FakeSigner;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.policy.state.MeshState;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.ztunnel.state.LocalWorkload;
import dev.ambit.ztunnel.state.StateSignal;
import dev.ambit.ztunnel.state.WorkloadInfo;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ConnectionMetrics;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.Peers;
import dev.ambit.ztunnel.telemetry.Reporter;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A connection's end before it is relayed. */
final class TrackedConnectionTest {

    private final EventLoop loop = new EmbeddedChannel().eventLoop();
    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "test");
    private final ConnectionMetrics metrics = new ConnectionMetrics(registry);

    @Test
    void namesWhyItWasCutAndNotWhatTheCutBroke() {
        ConnectionTracker tracker = tracker();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        Peers peers = new Peers(Reporter.DESTINATION, null, null, null, null, false);
        List<TrackedConnection> dialling = new ArrayList<>();
        // Closing a socket that connects fails its connecting at once.
        dialling.add(
                tracker.track(
                        new Route(address, address, address, false, null),
                        ConnectionRecord.open(
                                metrics,
                                peers,
                                new ConnectionRecord.Addressing(address, address, null),
                                0),
                        () ->
                                dialling.getFirst()
                                        .finish(
                                                ConnectionFailure.connectFailed(
                                                        new ClosedChannelException()))));
        dialling.getFirst().close(ConnectionFailure.POLICY_CHANGE);
        assertThat(new String(registry.scrape(null).body(), StandardCharsets.UTF_8).lines())
                .filteredOn(line -> line.startsWith("istio_tcp_connections_closed_total"))
                .singleElement()
                .asString()
                .contains("response_flags=\"DENY\"");
        assertThat(tracker.routes()).isEmpty();
    }

    private ConnectionTracker tracker() {
        MeshState mesh = new MeshState("");
        StateSignal signal = StateSignal.of(mesh);
        CertificateRotation certificates =
                new CertificateRotation(
                        FakeSigner.immediate(new TestCertificates()),
                        loop,
                        Runnable::run,
                        RotationConfig.DEFAULT,
                        Clock.systemUTC());
        WorkloadInfo info = new WorkloadInfo("pod", "ns", "account");
        return new ConnectionTracker(
                loop, new LocalWorkload(info, mesh, signal, certificates), signal, metrics);
    }
}
