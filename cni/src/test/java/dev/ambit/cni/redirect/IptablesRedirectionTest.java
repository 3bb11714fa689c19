package dev.ambit.cni.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.cni.enrolment.Capture;
import dev.ambit.runtime.testing.TestNetns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real rules in a real namespace. */
@Timeout(120)
final class IptablesRedirectionTest {

    private static final Capture PLAIN = new Capture(true, false, List.of());
    private static final Capture DNS = new Capture(true, true, List.of("vm0"));

    private final IptablesRedirection redirection = new IptablesRedirection("", true);
    private TestNetns pod;
    private TestNetns outside;

    @BeforeEach
    void makePod() {
        Optional<String> reason = TestNetns.unavailable();
        reason.ifPresent(r -> System.err.println("SKIPPED: " + r));
        Assumptions.assumeTrue(reason.isEmpty(), reason.orElse(""));
        pod = TestNetns.create();
        outside = TestNetns.create();
        pod.exec(
                "ip",
                "link",
                "add",
                "eth0",
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                outside.name());
        address(pod, "10.9.9.1/24");
        address(outside, "10.9.9.2/24");
    }

    @AfterEach
    void removePod() {
        if (pod != null) {
            pod.close();
            outside.close();
        }
    }

    private static void address(TestNetns netns, String address) {
        netns.exec("ip", "addr", "add", address, "dev", "eth0");
        netns.exec("ip", "link", "set", "eth0", "up");
    }

    @Test
    void putsEverythingThereOnceAndTakesItAwayAgain() throws Exception {
        redirection.install(pod.path(), DNS);
        assertThat(redirection.present(pod.path(), DNS)).isTrue();
        assertThat(redirection.present(pod.path(), PLAIN)).isFalse();
        String once = rules();
        redirection.install(pod.path(), DNS);
        assertThat(rules()).isEqualTo(once);
        assertThat(pod.exec("ip", "rule"))
                .contains("32764:\tfrom all fwmark 0x111/0xfff lookup 100");
        assertThat(pod.exec("ip", "route", "show", "table", "100"))
                .contains("local default dev lo");
        redirection.remove(pod.path());
        assertThat(rules()).doesNotContain("ISTIO", "AMBIT");
        assertThat(pod.exec("ip", "rule")).doesNotContain("0x111");
        redirection.remove(pod.path());
    }

    @Test
    void changesFromOneKindOfCaptureToAnother() throws Exception {
        redirection.install(pod.path(), DNS);
        redirection.install(pod.path(), PLAIN);
        assertThat(redirection.present(pod.path(), PLAIN)).isTrue();
        assertThat(rules()).doesNotContain("15053", "vm0");
    }

    /** UDP passes the mesh by: where that is not wanted it is refused, both ways. */
    @Test
    void refusesUdpButDnsWhereItIsNotWanted() throws Exception {
        Capture blocked = new Capture(true, false, List.of(), true);
        redirection.install(pod.path(), blocked);
        assertThat(redirection.present(pod.path(), blocked)).isTrue();
        assertThat(redirection.present(pod.path(), PLAIN)).isFalse();
        try (DatagramSocket peer = datagrams(outside, 9000);
                DatagramSocket dns = datagrams(outside, 53);
                DatagramSocket app = datagrams(pod, 9001)) {
            assertThatThrownBy(() -> send(app, "10.9.9.2", 9000)).isInstanceOf(IOException.class);
            send(app, "10.9.9.2", 53);
            DatagramPacket got = new DatagramPacket(new byte[8], 8);
            dns.receive(got);
            dns.send(new DatagramPacket(new byte[] {2}, 1, got.getSocketAddress()));
            app.receive(got);
            assertThat(got.getData()[0]).isEqualTo((byte) 2);
            send(peer, "10.9.9.1", 9001);

            redirection.install(pod.path(), PLAIN);
            assertThat(redirection.present(pod.path(), PLAIN)).isTrue();
            assertThat(rules()).doesNotContain("icmp-port-unreachable");
            send(app, "10.9.9.2", 9000);
            peer.receive(got);
            assertThat(got.getData()[0]).isEqualTo((byte) 1);
            app.setSoTimeout(1);
            assertThatThrownBy(() -> app.receive(got))
                    .as("the datagram from outside was refused")
                    .isInstanceOf(IOException.class);
        }
    }

    private static DatagramSocket datagrams(TestNetns netns, int port) {
        return netns.netns()
                .call(
                        () -> {
                            try {
                                DatagramSocket s = new DatagramSocket(port);
                                s.setSoTimeout(10_000);
                                return s;
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
    }

    private static void send(DatagramSocket from, String ip, int port) throws IOException {
        from.send(new DatagramPacket(new byte[] {1}, 1, new InetSocketAddress(ip, port)));
    }

    @Test
    void seesAndRepairsWhatSomebodyTookAway() throws Exception {
        redirection.install(pod.path(), PLAIN);
        pod.exec("iptables", "-t", "nat", "-F", "ISTIO_OUTPUT");
        assertThat(redirection.present(pod.path(), PLAIN)).isFalse();
        redirection.install(pod.path(), PLAIN);
        assertThat(redirection.present(pod.path(), PLAIN)).isTrue();
        pod.exec("ip", "rule", "del", "fwmark", "0x111/0xfff", "lookup", "100");
        assertThat(redirection.present(pod.path(), PLAIN)).isFalse();
        redirection.install(pod.path(), PLAIN);
        assertThat(redirection.present(pod.path(), PLAIN)).isTrue();
    }

    @Test
    void leavesTheRulesOfOthers() throws Exception {
        pod.exec("iptables", "-t", "nat", "-N", "OTHERS");
        pod.exec("iptables", "-t", "nat", "-A", "OUTPUT", "-j", "OTHERS");
        redirection.install(pod.path(), PLAIN);
        redirection.remove(pod.path());
        assertThat(rules()).contains("-A OUTPUT -j OTHERS");
    }

    /**
     * Goal: what an app sends reaches the outside before, the node proxy after, and nobody while
     * the guard rail is up. Method: the same connection three times.
     */
    @Test
    void sendsAnAppsConnectionToTheNodeProxyAndNothingPastTheGuardRail() throws Exception {
        try (ServerSocket peer = listen(outside, 80);
                ServerSocket proxy = listen(pod, 15001)) {
            connect(5000);
            peer.accept().close();

            String guard = RestoreScript.guard(SavedRules.parse(""));
            pod.exec("sh", "-c", "printf '%s' \"" + guard + "\" | iptables-restore --noflush");
            assertThatThrownBy(() -> connect(300)).hasMessageContaining("timed out");
            assertThat(redirection.present(pod.path(), PLAIN)).isFalse();

            // A change that was cut short is taken up by the next one.
            redirection.install(pod.path(), PLAIN);
            assertThat(rules()).doesNotContain("AMBIT_GUARD");
            connect(5000);
            proxy.accept().close();
        }
    }

    @Test
    void saysWhatIsWrongWhenTheNamespaceIsGone() {
        assertThatThrownBy(() -> redirection.install(Path.of("/run/netns/ambit-none"), PLAIN))
                .isInstanceOf(RedirectException.class)
                .hasMessageContaining("AMB1517")
                .hasMessageContaining("ambit-none");
    }

    private static ServerSocket listen(TestNetns where, int port) {
        return where.netns()
                .call(
                        () -> {
                            try {
                                return new ServerSocket(port);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
    }

    /** What the app does. */
    private void connect(int limitMillis) {
        pod.netns()
                .call(
                        () -> {
                            try (Socket s = new Socket()) {
                                s.connect(new InetSocketAddress("10.9.9.2", 80), limitMillis);
                                return s;
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
    }

    private String rules() {
        return (pod.exec("iptables-save") + pod.exec("ip6tables-save"))
                .replaceAll("(?m)^#.*\n", "")
                .replaceAll("\\[\\d+:\\d+\\]", "");
    }
}
