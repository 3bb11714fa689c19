package dev.ambit.waypoint.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.waypoint.Listener;
import dev.ambit.api.proto.waypoint.Policy;
import dev.ambit.api.proto.waypoint.Route;
import dev.ambit.api.proto.waypoint.Service;
import dev.ambit.api.waypoint.WaypointCodec;
import dev.ambit.api.waypoint.WaypointResource;
import dev.ambit.client.ads.Named;
import dev.ambit.client.ads.ResourceHandler;
import java.util.List;
import java.util.Map;

/**
 * The four resource types of a waypoint as istiod sends them. A resource that cannot be understood
 * is refused alone, and what it was before stays in force.
 */
public final class WaypointResources {

    private WaypointResources() {}

    /** In the order they are asked for. */
    public static List<ResourceHandler<?>> handlers(SnapshotCompiler compiler) {
        return List.of(
                new Handler<>(
                        TypeUrls.WAYPOINT_LISTENER,
                        value -> WaypointCodec.fromProto(Listener.parseFrom(value)),
                        compiler.listeners(),
                        compiler),
                new Handler<>(
                        TypeUrls.WAYPOINT_SERVICE,
                        value -> WaypointCodec.fromProto(Service.parseFrom(value)),
                        compiler.services(),
                        compiler),
                new Handler<>(
                        TypeUrls.WAYPOINT_ROUTE,
                        value -> WaypointCodec.fromProto(Route.parseFrom(value)),
                        compiler.routes(),
                        compiler),
                new Handler<>(
                        TypeUrls.WAYPOINT_POLICY,
                        value -> WaypointCodec.fromProto(Policy.parseFrom(value)),
                        compiler.policies(),
                        compiler));
    }

    /** Bytes to a record. */
    private interface Decoder<T> {
        T decode(ByteString value) throws InvalidProtocolBufferException, InvalidResource;
    }

    private record Handler<T extends WaypointResource>(
            String typeUrl, Decoder<T> decoder, Map<String, T> known, SnapshotCompiler compiler)
            implements ResourceHandler<T> {

        @Override
        public T decode(String name, ByteString value) throws InvalidResource {
            try {
                return decoder.decode(value);
            } catch (InvalidProtocolBufferException e) {
                throw new InvalidResource(
                        "bytes: " + e.getMessage() + " (expected: " + typeUrl + ")");
            }
        }

        @Override
        public Map<String, String> apply(List<Named<T>> updates, List<String> removals) {
            removals.forEach(known::remove);
            updates.forEach(named -> known.put(named.name(), named.value()));
            compiler.heard(typeUrl);
            compiler.compile();
            return Map.of();
        }
    }
}
