package dev.ambit.api.waypoint;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.proto.waypoint.ListenerRef;
import dev.ambit.api.proto.waypoint.ServiceRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The parts several messages have in common. */
final class WireParts {

    private WireParts() {}

    static <A, B> List<B> each(List<A> from, Function<? super A, ? extends B> convert) {
        List<B> to = new ArrayList<>(from.size());
        for (A a : from) {
            to.add(convert.apply(a));
        }
        return to;
    }

    static NamespacedHostname service(ServiceRef message) {
        if (message.getNamespace().isEmpty() || message.getHostname().isEmpty()) {
            throw new IllegalArgumentException(
                    "service: \""
                            + message.getNamespace()
                            + "/"
                            + message.getHostname()
                            + "\" (expected: namespace and hostname)");
        }
        return new NamespacedHostname(message.getNamespace(), message.getHostname());
    }

    static ServiceRef service(NamespacedHostname name) {
        return ServiceRef.newBuilder()
                .setNamespace(name.namespace())
                .setHostname(name.hostname())
                .build();
    }

    static GatewayName gateway(ListenerRef message) {
        return new GatewayName(message.getNamespace(), message.getName());
    }

    static ListenerRef gateway(GatewayName name) {
        return ListenerRef.newBuilder().setNamespace(name.namespace()).setName(name.name()).build();
    }

    static Duration duration(com.google.protobuf.Duration message) {
        return Duration.ofSeconds(message.getSeconds(), message.getNanos());
    }

    static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    /** {@code oneof} without a case: a message of a later version, or a broken one. */
    static IllegalArgumentException unset(String field) {
        return new IllegalArgumentException(
                field + ": unset (expected: a case this version knows)");
    }

    static IllegalArgumentException unknownValue(String field, int value) {
        return new IllegalArgumentException(
                field + ": " + value + " (expected: a value this version knows)");
    }
}
