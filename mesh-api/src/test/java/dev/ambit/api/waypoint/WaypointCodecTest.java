package dev.ambit.api.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ambit.api.InvalidResource;
import dev.ambit.api.RandomRecords;
import dev.ambit.api.proto.waypoint.Filter;
import dev.ambit.api.proto.waypoint.Listener;
import dev.ambit.api.proto.waypoint.Policy;
import dev.ambit.api.proto.waypoint.Route;
import dev.ambit.api.proto.waypoint.Rule;
import dev.ambit.api.proto.waypoint.Service;
import org.junit.jupiter.api.Test;

final class WaypointCodecTest {

    private final RandomRecords records = records();

    private static RandomRecords records() {
        RandomRecords records = new RandomRecords(3);
        return records.component("status", () -> 301)
                .component("millionths", () -> records.number(1_000_001))
                .component("value", () -> "/" + records.text());
    }

    @Test
    void listenersAndServicesAreReadBack() throws Exception {
        for (int i = 0; i < 300; i++) {
            WaypointListener listener = records.one(WaypointListener.class);
            assertThat(
                            WaypointCodec.fromProto(
                                    Listener.parseFrom(
                                            WaypointCodec.toProto(listener).toByteArray())))
                    .isEqualTo(listener);
            WaypointService service = records.one(WaypointService.class);
            assertThat(
                            WaypointCodec.fromProto(
                                    Service.parseFrom(
                                            WaypointCodec.toProto(service).toByteArray())))
                    .isEqualTo(service);
        }
    }

    @Test
    void routesAreReadBack() throws Exception {
        for (int i = 0; i < 300; i++) {
            WaypointRoute route = records.one(WaypointRoute.class);
            assertThat(
                            WaypointCodec.fromProto(
                                    Route.parseFrom(WaypointCodec.toProto(route).toByteArray())))
                    .isEqualTo(route);
        }
    }

    @Test
    void policiesAreReadBack() throws Exception {
        for (int i = 0; i < 300; i++) {
            WaypointPolicy policy = records.one(WaypointPolicy.class);
            assertThat(
                            WaypointCodec.fromProto(
                                    Policy.parseFrom(WaypointCodec.toProto(policy).toByteArray())))
                    .isEqualTo(policy);
        }
    }

    @Test
    void resourceNamesSayKindNamespaceAndName() {
        assertThat(
                        new WaypointListener(
                                        new GatewayName("shop", "wp"), TrafficType.ALL, "wp", 15008)
                                .resourceName())
                .isEqualTo("Gateway/shop/wp");
        assertThat(
                        new WaypointPolicy(
                                        "shop",
                                        "allow",
                                        java.util.List.of(),
                                        new HttpAuthorization(
                                                HttpAuthorization.Action.ALLOW,
                                                false,
                                                java.util.List.of()))
                                .resourceName())
                .isEqualTo("AuthorizationPolicy/shop/allow");
    }

    /** A filter of a later version is not passed over: the request it should change would go on. */
    @Test
    void refusesARouteWithAFilterItDoesNotKnow() {
        Route route =
                Route.newBuilder()
                        .setKind("HTTPRoute")
                        .setNamespace("ns")
                        .setName("r")
                        .addRules(Rule.newBuilder().addFilters(Filter.getDefaultInstance()))
                        .build();
        assertThatExceptionOfType(InvalidResource.class)
                .isThrownBy(() -> WaypointCodec.fromProto(route))
                .withMessageContaining("filter: unset");
    }

    @Test
    void refusesAPolicyItDoesNotKnow() {
        assertThatExceptionOfType(InvalidResource.class)
                .isThrownBy(
                        () ->
                                WaypointCodec.fromProto(
                                        Policy.newBuilder()
                                                .setNamespace("ns")
                                                .setName("p")
                                                .build()))
                .withMessageContaining("spec: unset");
    }
}
