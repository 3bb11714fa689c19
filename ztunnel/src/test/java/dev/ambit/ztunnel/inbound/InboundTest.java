package dev.ambit.ztunnel.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.AppProtocol;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Port;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.state.MeshState;
import dev.ambit.ztunnel.telemetry.ServiceName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class InboundTest {

    private static final NamespacedHostname WEB = new NamespacedHostname("ns", "web.ns");
    private static final NamespacedHostname API = new NamespacedHostname("ns", "api.ns");

    private final MeshState mesh = new MeshState("");
    private final Workload local =
            Workload.builder("u", "w", SpiffeId.of("td", "ns", "sa"))
                    .services(Map.of(WEB, List.of(port(80, 8080)), API, List.of(port(90, 9090))))
                    .build();

    private static Port port(int service, int target) {
        return new Port(service, target, AppProtocol.UNKNOWN);
    }

    @Test
    void guessesTheServiceByNameThenByPort() {
        mesh.applyAddresses(
                List.of(
                        local,
                        MeshService.builder(WEB).name("web").ports(List.of(port(80, 0))).build(),
                        MeshService.builder(API)
                                .name("api")
                                .ports(List.of(port(90, 9090)))
                                .build()),
                List.of());
        assertThat(InboundService.of(local, mesh, null, null, 8080))
                .isEqualTo(new ServiceName("web.ns", "web", "ns"));
        assertThat(InboundService.of(local, mesh, null, "for=x;host=api.ns", 8080))
                .isEqualTo(new ServiceName("api.ns", "api", "ns"));
        assertThat(InboundService.of(local, mesh, null, "for=x;host=bank.ns", 9090))
                .isEqualTo(new ServiceName("api.ns", "api", "ns"));
        assertThat(InboundService.of(local, mesh, null, null, 1)).isNull();
    }

    @Test
    void readsTheForwardedHost() {
        assertThat(InboundService.host(null)).isNull();
        assertThat(InboundService.host("for=\"10.0.0.1:1\"")).isNull();
        assertThat(InboundService.host("for=\"10.0.0.1:1\";host=a.b")).isEqualTo("a.b");
        assertThat(InboundService.host("for=x; Host=\"a.b\"")).isEqualTo("a.b");
    }

    @Test
    void tellsTheApplicationWhoConnectsByProxyProtocol() {
        ByteBuf header =
                ProxyHeader.of(
                        UnpooledByteBufAllocator.DEFAULT,
                        new InetSocketAddress("10.0.0.1", 0x1234),
                        new InetSocketAddress("10.0.0.2", 80),
                        "spiffe://a");
        assertThat(ByteBufUtil.hexDump(header))
                .isEqualTo(
                        "0d0a0d0a000d0a515549540a"
                                + "2111"
                                + "0019"
                                + "0a000001"
                                + "0a000002"
                                + "1234"
                                + "0050"
                                + "d0000a"
                                + ByteBufUtil.hexDump(
                                        "spiffe://a"
                                                .getBytes(
                                                        java.nio.charset.StandardCharsets.UTF_8)));
        header.release();
    }

    @Test
    void mapsIpv4AmongIpv6InProxyProtocol() {
        ByteBuf header =
                ProxyHeader.of(
                        UnpooledByteBufAllocator.DEFAULT,
                        new InetSocketAddress("10.0.0.1", 1),
                        new InetSocketAddress("fd00::2", 2),
                        "");
        assertThat(ByteBufUtil.hexDump(header))
                .contains("2121" + "0027" + "00000000000000000000ffff0a000001");
        header.release();
    }

    @Test
    void tellsAProxiedApplicationTheServicesAddressInOurNetworkAndOfIpv4() {
        ConnectTarget asked = Objects.requireNonNull(ConnectTarget.parse("web.ns:80"));
        NetworkAddress foreign = new NetworkAddress("far", IpAddress.parse("10.9.9.9"));
        NetworkAddress v6 = new NetworkAddress("here", IpAddress.parse("fd00::1"));
        NetworkAddress v4 = new NetworkAddress("here", IpAddress.parse("10.1.1.1"));
        assertThat(proxied(asked, foreign, v6, v4))
                .isEqualTo(new InetSocketAddress("10.1.1.1", 80));
        assertThat(proxied(asked, foreign, v6)).isEqualTo(new InetSocketAddress("fd00::1", 80));
        assertThat(proxied(asked, foreign)).isEqualTo(new InetSocketAddress("10.9.9.9", 80));
        assertThat(proxied(asked)).isNull();
        ConnectTarget address = Objects.requireNonNull(ConnectTarget.parse("10.2.2.2:90"));
        assertThat(proxied(address)).isEqualTo(new InetSocketAddress("10.2.2.2", 90));
    }

    private static @Nullable InetSocketAddress proxied(
            ConnectTarget target, NetworkAddress... vips) {
        MeshService service = MeshService.builder(WEB).name("web").vips(List.of(vips)).build();
        return ProxyTarget.of(target, service, "here");
    }
}
