package dev.ambit.waypoint.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.workload.Address;
import dev.ambit.api.workload.AddressCodec;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.client.ads.Named;
import dev.ambit.client.ads.ResourceHandler;
import dev.ambit.policy.state.MeshState;
import java.util.List;
import java.util.Map;

/** Workloads and services: endpoints, identities, and who a client is. */
public record AddressHandler(MeshState mesh) implements ResourceHandler<MeshAddress> {

    @Override
    public String typeUrl() {
        return TypeUrls.ADDRESS;
    }

    @Override
    public MeshAddress decode(String name, ByteString value) throws InvalidResource {
        try {
            return AddressCodec.fromProto(Address.parseFrom(value));
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidResource("bytes: " + e.getMessage() + " (expected: an Address)");
        }
    }

    @Override
    public Map<String, String> apply(List<Named<MeshAddress>> updates, List<String> removals) {
        mesh.applyAddresses(updates.stream().map(Named::value).toList(), removals);
        return Map.of();
    }
}
