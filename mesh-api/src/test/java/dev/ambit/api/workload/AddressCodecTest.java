package dev.ambit.api.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.IpAddress;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.RandomRecords;
import dev.ambit.api.proto.workload.Address;
import dev.ambit.api.proto.workload.GatewayAddress;
import dev.ambit.api.proto.workload.PortList;
import dev.ambit.api.proto.workload.TunnelProtocol;
import dev.ambit.identity.SpiffeId;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class AddressCodecTest {

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        RandomRecords records =
                new RandomRecords(1)
                        .component("cidrvips", List::<CidrVip>of)
                        .component("namespace", () -> "ns");
        for (int i = 0; i < 500; i++) {
            Workload workload = records.one(Workload.class);
            assertThat(throughBytes(workload)).isEqualTo(workload);
            MeshService service = records.one(MeshService.class);
            assertThat(throughBytes(service)).isEqualTo(service);
        }
    }

    @Test
    void blocksOfAddressesAreReadBackAsBlocksAndSingleOnesAsAddresses() throws Exception {
        MeshService service =
                MeshService.builder(new dev.ambit.api.NamespacedHostname("ns", "a.example"))
                        .cidrVips(
                                List.of(
                                        new CidrVip("net", dev.ambit.api.Cidr.parse("10.1.0.0/16")),
                                        new CidrVip("", dev.ambit.api.Cidr.parse("fd00::/8"))))
                        .build();
        assertThat(throughBytes(service)).isEqualTo(service);
    }

    private static MeshAddress throughBytes(MeshAddress address) throws Exception {
        return AddressCodec.fromProto(
                Address.parseFrom(AddressCodec.toProto(address).toByteArray()));
    }

    @Test
    void whatIsNotSaidHasTheDefaultOfTheWire() throws Exception {
        Workload workload =
                AddressCodec.fromProto(
                        dev.ambit.api.proto.workload.Workload.newBuilder()
                                .setUid("u")
                                .setNamespace("ns")
                                .setWaypoint(
                                        GatewayAddress.newBuilder()
                                                .setAddress(
                                                        dev.ambit.api.proto.workload.NetworkAddress
                                                                .newBuilder()
                                                                .setAddress(bytes(10, 0, 0, 1))))
                                .build());
        assertThat(workload.identity()).isEqualTo(SpiffeId.of("cluster.local", "ns", "default"));
        assertThat(workload.clusterId()).isEqualTo("Kubernetes");
        assertThat(workload.capacity()).isEqualTo(1);
        assertThat(workload.waypoint())
                .isEqualTo(
                        new WaypointRef.ByAddress(
                                new NetworkAddress("", IpAddress.parse("10.0.0.1")), 15008));
    }

    @Test
    void equalPartsOfWorkloadsAreOneObject() throws Exception {
        Workload a = AddressCodec.fromProto(pod("a"));
        Workload b = AddressCodec.fromProto(pod("b"));
        assertThat(a.identity()).isSameAs(b.identity());
        assertThat(a.services()).isSameAs(b.services());
        assertThat(a.node()).isSameAs(b.node());
        assertThat(a.authorizationPolicies()).isSameAs(b.authorizationPolicies());
    }

    @Test
    void aResourcesNameAndItsUidAreOneObject() throws Exception {
        String name = new String("Kubernetes//Pod/ns/a".toCharArray());
        Address message = Address.newBuilder().setWorkload(pod("a")).build();
        assertThat(AddressCodec.fromProto(message, name).resourceName()).isSameAs(name);
        assertThat(AddressCodec.fromProto(message, "other").resourceName()).isEqualTo(name);
    }

    private static dev.ambit.api.proto.workload.Workload pod(String name) {
        return dev.ambit.api.proto.workload.Workload.newBuilder()
                .setUid("Kubernetes//Pod/ns/" + name)
                .setName(name)
                .setNamespace(new String("ns".toCharArray()))
                .setNode(new String("node-1".toCharArray()))
                .addAuthorizationPolicies("ns/deny")
                .putServices("ns/a.ns.svc.cluster.local", PortList.getDefaultInstance())
                .build();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused("an empty uid", w -> w.clearUid(), "uid: empty"),
                refused("no namespace", w -> w.clearNamespace(), "namespace"),
                refused(
                        "an address of 5 bytes",
                        w -> w.addAddresses(bytes(1, 2, 3, 4, 5)),
                        "addresses: address: 5 bytes (expected: 4 or 16)"),
                refused(
                        "the sidecars' tunnel",
                        w -> w.setTunnelProtocol(TunnelProtocol.LEGACY_ISTIO_MTLS),
                        "tunnel_protocol: LEGACY_ISTIO_MTLS (expected: NONE or HBONE)"),
                refused(
                        "a tunnel of a later version",
                        w -> w.setTunnelProtocolValue(9),
                        "tunnel_protocol: 9"),
                refused("a mode of a later version", w -> w.setNetworkModeValue(9), "network_mode"),
                refused(
                        "a type of a later version",
                        w -> w.setWorkloadTypeValue(9),
                        "workload_type"),
                refused("a status of a later version", w -> w.setStatusValue(9), "status"),
                refused(
                        "a waypoint without a destination",
                        w -> w.setWaypoint(GatewayAddress.getDefaultInstance()),
                        "waypoint: unset"),
                refused(
                        "a service key without a host",
                        w -> w.putServices("ns", PortList.getDefaultInstance()),
                        "service: \"ns\" (expected: namespace/hostname)"),
                refused(
                        "a port beyond 65535",
                        w -> w.getApplicationTunnelBuilder().setPort(70000),
                        "application_tunnel.port: 70000 (expected: 0-65535)"));
    }

    private static Arguments refused(
            String what,
            Consumer<dev.ambit.api.proto.workload.Workload.Builder> change,
            String reason) {
        return Arguments.of(what, change, reason);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusesAWorkloadWith(
            String what,
            Consumer<dev.ambit.api.proto.workload.Workload.Builder> change,
            String reason) {
        dev.ambit.api.proto.workload.Workload.Builder message = pod("a").toBuilder();
        change.accept(message);
        assertThatExceptionOfType(InvalidResource.class)
                .isThrownBy(() -> AddressCodec.fromProto(message.build()))
                .withMessageContaining(reason);
    }

    @Test
    void refusesAnAddressThatIsNeitherWorkloadNorService() {
        assertThatExceptionOfType(InvalidResource.class)
                .isThrownBy(() -> AddressCodec.fromProto(Address.getDefaultInstance()));
    }

    @Test
    void anUnknownVisibilityIsPublic() throws Exception {
        MeshService service =
                AddressCodec.fromProto(
                        dev.ambit.api.proto.workload.Service.newBuilder()
                                .setNamespace("ns")
                                .setHostname("a.example")
                                .setVisibilityValue(7)
                                .build());
        assertThat(service.visibility()).isEqualTo(Visibility.PUBLIC);
    }

    private static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }

    @Test
    void aMappedAddressIsTheAddressItMaps() throws Exception {
        Workload workload =
                AddressCodec.fromProto(
                        pod("a").toBuilder()
                                .addAddresses(
                                        bytes(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1))
                                .build());
        assertThat(workload.addresses()).containsExactly(IpAddress.parse("10.0.0.1"));
    }
}
