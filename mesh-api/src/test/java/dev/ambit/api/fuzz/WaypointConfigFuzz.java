package dev.ambit.api.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.waypoint.WaypointCodec;
import dev.ambit.api.waypoint.WaypointListener;
import dev.ambit.api.waypoint.WaypointPolicy;
import dev.ambit.api.waypoint.WaypointRoute;
import dev.ambit.api.waypoint.WaypointService;
import java.util.Arrays;

/**
 * What a waypoint is sent; the first byte chooses the kind. Taken, and then said again it is the
 * same, or refused by name.
 */
public final class WaypointConfigFuzz {

    private WaypointConfigFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws InvalidResource {
        if (input.length == 0) {
            return;
        }
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        Object taken;
        try {
            taken = read(input[0] & 3, bytes);
        } catch (InvalidProtocolBufferException | InvalidResource refused) {
            return;
        }
        Object again = again(taken);
        if (!again.equals(taken)) {
            throw new IllegalStateException("%s became %s".formatted(taken, again));
        }
    }

    private static Object read(int kind, byte[] bytes)
            throws InvalidProtocolBufferException, InvalidResource {
        return switch (kind) {
            case 0 ->
                    WaypointCodec.fromProto(dev.ambit.api.proto.waypoint.Listener.parseFrom(bytes));
            case 1 ->
                    WaypointCodec.fromProto(dev.ambit.api.proto.waypoint.Service.parseFrom(bytes));
            case 2 -> WaypointCodec.fromProto(dev.ambit.api.proto.waypoint.Route.parseFrom(bytes));
            default ->
                    WaypointCodec.fromProto(dev.ambit.api.proto.waypoint.Policy.parseFrom(bytes));
        };
    }

    private static Object again(Object taken) throws InvalidResource {
        return switch (taken) {
            case WaypointListener listener ->
                    WaypointCodec.fromProto(WaypointCodec.toProto(listener));
            case WaypointService service -> WaypointCodec.fromProto(WaypointCodec.toProto(service));
            case WaypointRoute route -> WaypointCodec.fromProto(WaypointCodec.toProto(route));
            case WaypointPolicy policy -> WaypointCodec.fromProto(WaypointCodec.toProto(policy));
            default -> throw new IllegalStateException("unknown: " + taken);
        };
    }
}
