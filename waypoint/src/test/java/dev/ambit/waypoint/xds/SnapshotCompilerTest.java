package dev.ambit.waypoint.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.waypoint.GatewayName;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.waypoint.TrafficType;
import dev.ambit.api.waypoint.WaypointListener;
import dev.ambit.api.waypoint.WaypointService;
import dev.ambit.runtime.live.Live;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class SnapshotCompilerTest {

    private static final GatewayName GATEWAY = new GatewayName("shop", "waypoint");
    private static final IpAddress VIP = IpAddress.parse("10.96.0.1");

    private final Live<WaypointSnapshot> live = new Live<>(WaypointSnapshot.empty(GATEWAY));
    private final SnapshotCompiler compiler = new SnapshotCompiler(GATEWAY, live);

    private static WaypointService service(String namespace, List<GatewayName> waypoints) {
        return new WaypointService(
                new NamespacedHostname(namespace, "reviews.example"),
                waypoints,
                List.of(new NetworkAddress("", VIP)),
                List.of(new ServicePort(80, 8080, "http", ServicePort.Protocol.HTTP11)));
    }

    private void hearAll() {
        compiler.heard(TypeUrls.WAYPOINT_LISTENER);
        compiler.heard(TypeUrls.WAYPOINT_SERVICE);
        compiler.heard(TypeUrls.WAYPOINT_ROUTE);
        compiler.heard(TypeUrls.WAYPOINT_POLICY);
    }

    @Test
    void publishesNothingBeforePoliciesWereHeardOf() {
        WaypointService service = service("shop", List.of(GATEWAY));
        compiler.services().put(service.resourceName(), service);
        compiler.heard(TypeUrls.WAYPOINT_LISTENER);
        compiler.heard(TypeUrls.WAYPOINT_SERVICE);
        compiler.heard(TypeUrls.WAYPOINT_ROUTE);
        compiler.compile();
        assertThat(live.current().service("", VIP, 80)).isNull();
        compiler.heard(TypeUrls.WAYPOINT_POLICY);
        compiler.compile();
        assertThat(live.current().service("", VIP, 80))
                .isEqualTo(new Target.OfService(service.key(), 80));
    }

    @Test
    void servesOnlyPortsOfServicesBoundToItsGateway() {
        WaypointService ours = service("shop", List.of(GATEWAY));
        WaypointService others = service("bank", List.of(new GatewayName("bank", "waypoint")));
        compiler.services().put("a", ours);
        compiler.services().put("b", others);
        hearAll();
        compiler.compile();
        WaypointSnapshot snapshot = live.current();
        assertThat(snapshot.service("", VIP, 80)).isEqualTo(new Target.OfService(ours.key(), 80));
        assertThat(snapshot.service("", VIP, 81)).isNull();
        assertThat(snapshot.service("net2", VIP, 80)).isNull();
        assertThat(snapshot.service("reviews.example", 80)).isNotNull();
        assertThat(snapshot.service("elsewhere.example", 80)).isNull();
        assertThat(snapshot.bound(others.key())).isNull();
        assertThat(snapshot.backend(others.key(), 80)).isNotNull();
    }

    @Test
    void prefersItsOwnNamespaceWhereAHostNameIsTaken() {
        compiler.services().put("a", service("aaa", List.of(GATEWAY)));
        compiler.services().put("b", service("shop", List.of(GATEWAY)));
        hearAll();
        compiler.compile();
        Target.OfService found =
                Objects.requireNonNull(live.current().service("reviews.example", 80));
        assertThat(found.service().namespace()).isEqualTo("shop");
    }

    @Test
    void keepsWhatDidNotChange() {
        compiler.services().put("a", service("shop", List.of(GATEWAY)));
        hearAll();
        compiler.compile();
        BoundService before = live.current().bound(service("shop", List.of()).key());
        WaypointListener listener =
                new WaypointListener(GATEWAY, TrafficType.WORKLOAD, "waypoint", 15008);
        compiler.listeners().put(listener.resourceName(), listener);
        compiler.compile();
        assertThat(live.current().bound(service("shop", List.of()).key())).isSameAs(before);
        assertThat(live.current().waypointFor()).isEqualTo(TrafficType.WORKLOAD);
    }
}
