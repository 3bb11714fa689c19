package dev.ambit.ztunnel.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpPort;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.l4.InboundRoute;
import dev.ambit.policy.l4.InboundRouter;
import dev.ambit.policy.state.MeshState;
import dev.ambit.ztunnel.socket.ProxyPorts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * E02, E03: wherever a CONNECT points, the proxy dials the address the tunnel arrived at, or
 * nothing; never itself, never loopback, never what a name resolves to.
 */
final class TunnelTargetTest {

    private static final IpPort ARRIVED = IpPort.parse("10.0.0.7:15008");

    private final MeshState mesh = new MeshState("");
    private final Workload local =
            Workload.builder("u", "w", SpiffeId.of("td", "ns", "sa")).build();
    private final InboundRouter router = new InboundRouter("", ProxyPorts.STANDARD.illegal());

    private InboundRoute route(String authority) {
        return router.route(local, ARRIVED, authority, mesh);
    }

    /** E02. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "0.0.0.0",
                "169.254.169.254",
                "224.0.0.1",
                "255.255.255.255",
                "[::1]",
                "[::]",
                "[fe80::1]",
                "[ff02::1]",
                "[::ffff:127.0.0.1]",
                "10.0.0.8"
            })
    void e02AddressesThatAreNotTheWorkloadsAreRefused(String host) {
        for (int port : List.of(80, 15000, 15001, 15006, 15008, 15020, 15021, 15053, 15080)) {
            assertThat(route(host + ":" + port)).isInstanceOf(InboundRoute.Refused.class);
        }
    }

    /** E02: the ports the proxy listens on in a pod. */
    @ParameterizedTest
    @ValueSource(ints = {15001, 15006, 15008})
    void e02ThePortsOfTheProxyAreRefusedAtTheWorkloadsAddressToo(int port) {
        assertThat(route("10.0.0.7:" + port)).isInstanceOf(InboundRoute.Refused.class);
    }

    /** E02: what listens on loopback, such as the admin port, is out of reach by any target. */
    @ParameterizedTest
    @ValueSource(ints = {15000, 15020, 15021, 15053, 15080})
    void e02OtherPortsAreDialledAtTheWorkloadsAddressAndNoOther(int port) {
        assertThat(route("10.0.0.7:" + port))
                .isInstanceOfSatisfying(
                        InboundRoute.Accept.class,
                        accept ->
                                assertThat(accept.target())
                                        .isEqualTo(IpPort.parse("10.0.0.7:" + port)));
    }

    /** E03: names are services the mesh knows; nobody resolves them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:15000",
                "LOCALHOST:15000",
                "localhost.:15000",
                "ip6-localhost:80"
            })
    void e03NamesAreNotResolved(String authority) {
        assertThat(route(authority)).isInstanceOf(InboundRoute.Refused.class);
    }

    /** E03: forms that other parsers read as an address. */
    @Test
    void e03AbsoluteFormsAndOddNumbersAreNoTarget() {
        for (String authority :
                List.of(
                        "http://127.0.0.1:15000/quitquitquit",
                        "127.1:15000",
                        "2130706433:15000",
                        "0x7f000001:15000",
                        "0177.0.0.1:15000",
                        "10.0.0.7@127.0.0.1:15000",
                        "127.0.0.1#@10.0.0.7:80",
                        "10.0.0.7:80/../15000")) {
            boolean read = ConnectTarget.parse(authority) != null;
            assertThat(read && route(authority) instanceof InboundRoute.Accept)
                    .as(authority)
                    .isFalse();
        }
    }
}
