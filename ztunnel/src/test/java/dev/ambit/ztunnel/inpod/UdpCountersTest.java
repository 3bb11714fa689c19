package dev.ambit.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.runtime.testing.TestNetns;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class UdpCountersTest {

    private final MetricsRegistry registry = MetricsRegistry.of("ztunnel", "1");
    private final UdpCounters counters = new UdpCounters(registry);

    private List<String> series() {
        return new String(registry.scrape(null).body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("ambit_pod_udp_datagrams_total{"))
                .sorted()
                .toList();
    }

    @Test
    void readsWhatTheKernelPrints() {
        assertThat(
                        UdpCounters.parse(
                                """
                                Tcp: ActiveOpens
                                Tcp: 7
                                Udp: InDatagrams NoPorts InErrors OutDatagrams
                                Udp: 3 1 0 5
                                """))
                .isEqualTo(new UdpCounters.Totals(3, 5));
        assertThat(
                        UdpCounters.parse6(
                                """
                                Ip6InReceives                   \t9
                                Udp6InDatagrams                 \t4
                                Udp6OutDatagrams                \t6
                                """))
                .isEqualTo(new UdpCounters.Totals(4, 6));
        assertThat(UdpCounters.parse("")).isEqualTo(new UdpCounters.Totals(0, 0));
    }

    @Test
    void countsTheDatagramsOfAPodUntilItIsGone() {
        Optional<String> reason = TestNetns.unavailable();
        reason.ifPresent(r -> System.err.println("SKIPPED: " + r));
        Assumptions.assumeTrue(reason.isEmpty(), reason.orElse(""));
        try (TestNetns made = TestNetns.create()) {
            made.exec("ip", "link", "set", "lo", "up");
            Netns pod = Netns.open(Path.of("/run/netns", made.name()));
            counters.counting((uid, info, netns) -> CompletableFuture.completedFuture(null))
                    .start("uid", new WorkloadInfo("curl", "shop", "sa"), pod);
            pod.call(
                    () -> {
                        try (DatagramSocket s = new DatagramSocket()) {
                            for (int i = 0; i < 3; i++) {
                                s.send(
                                        new DatagramPacket(
                                                new byte[8],
                                                8,
                                                InetAddress.getLoopbackAddress(),
                                                s.getLocalPort()));
                                s.receive(new DatagramPacket(new byte[8], 8));
                            }
                            return null;
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            counters.readAll();
            counters.readAll();
            assertThat(series())
                    .containsExactly(
                            "ambit_pod_udp_datagrams_total{direction=\"inbound\",namespace=\"shop\",pod=\"curl\"} 3.0",
                            "ambit_pod_udp_datagrams_total{direction=\"outbound\",namespace=\"shop\",pod=\"curl\"} 3.0");
            pod.close();
            counters.readAll();
            assertThat(series()).isEmpty();
        }
    }
}
