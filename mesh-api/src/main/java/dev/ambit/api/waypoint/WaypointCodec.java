package dev.ambit.api.waypoint;

import dev.ambit.api.InvalidResource;
import dev.ambit.api.proto.waypoint.Listener;
import dev.ambit.api.proto.waypoint.Policy;
import dev.ambit.api.proto.waypoint.Route;
import dev.ambit.api.proto.waypoint.Service;
import java.util.function.Function;

/** {@code ambit.waypoint.v1} to record and back. Any thread. */
public final class WaypointCodec {

    private WaypointCodec() {}

    public static WaypointListener fromProto(Listener message) throws InvalidResource {
        return checked(ServiceCodec::listener, message);
    }

    public static WaypointService fromProto(Service message) throws InvalidResource {
        return checked(ServiceCodec::service, message);
    }

    public static WaypointRoute fromProto(Route message) throws InvalidResource {
        return checked(RouteDecoder::route, message);
    }

    public static WaypointPolicy fromProto(Policy message) throws InvalidResource {
        return checked(PolicyDecoder::policy, message);
    }

    public static Listener toProto(WaypointListener listener) {
        return ServiceCodec.listener(listener);
    }

    public static Service toProto(WaypointService service) {
        return ServiceCodec.service(service);
    }

    public static Route toProto(WaypointRoute route) {
        return RouteEncoder.route(route);
    }

    public static Policy toProto(WaypointPolicy policy) {
        return PolicyEncoder.policy(policy);
    }

    private static <A, B> B checked(Function<A, B> decode, A message) throws InvalidResource {
        try {
            return decode.apply(message);
        } catch (IllegalArgumentException e) {
            throw InvalidResource.because(e);
        }
    }
}
