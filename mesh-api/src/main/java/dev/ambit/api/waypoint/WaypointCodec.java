package dev.ambit.api.waypoint;

import dev.ambit.api.InvalidResource;
import dev.ambit.api.proto.waypoint.Listener;
import dev.ambit.api.proto.waypoint.Policy;
import dev.ambit.api.proto.waypoint.Route;
import dev.ambit.api.proto.waypoint.Service;

/** {@code ambit.waypoint.v1} to record and back. */
@SuppressWarnings("DoNotCallSuggester")
public final class WaypointCodec {

    private WaypointCodec() {}

    public static WaypointListener fromProto(Listener message) throws InvalidResource {
        throw new UnsupportedOperationException("not built yet");
    }

    public static WaypointService fromProto(Service message) throws InvalidResource {
        throw new UnsupportedOperationException("not built yet");
    }

    public static WaypointRoute fromProto(Route message) throws InvalidResource {
        throw new UnsupportedOperationException("not built yet");
    }

    public static WaypointPolicy fromProto(Policy message) throws InvalidResource {
        throw new UnsupportedOperationException("not built yet");
    }

    public static Listener toProto(WaypointListener listener) {
        throw new UnsupportedOperationException("not built yet");
    }

    public static Service toProto(WaypointService service) {
        throw new UnsupportedOperationException("not built yet");
    }

    public static Route toProto(WaypointRoute route) {
        throw new UnsupportedOperationException("not built yet");
    }

    public static Policy toProto(WaypointPolicy policy) {
        throw new UnsupportedOperationException("not built yet");
    }
}
