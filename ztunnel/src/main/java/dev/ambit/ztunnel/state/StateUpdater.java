package dev.ambit.ztunnel.state;

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
import dev.ambit.policy.state.UnknownPolicy;
import java.util.List;
import java.util.Map;

/**
 * Takes what the control plane sends into the mesh state: the state's single writer, on the control
 * loop.
 */
public final class StateUpdater {

    private final MeshState mesh;
    private final AddressDemand demand;
    private final UnknownPolicy rejected;

    /** Writes into that state. */
    public StateUpdater(MeshState mesh) {
        this(mesh, AddressDemand.everything(), UnknownPolicy.ALLOW);
    }

    /**
     * @param demand hears what came, after the state has it
     * @param rejected what policies mean that cannot be understood
     */
    public StateUpdater(MeshState mesh, AddressDemand demand, UnknownPolicy rejected) {
        this.mesh = mesh;
        this.demand = demand;
        this.rejected = rejected;
    }

    /** One per type, in the order they are asked for. */
    public List<ResourceHandler<?>> handlers() {
        return List.of(new Addresses(), new AuthorizationUpdates(mesh, rejected));
    }

    /** Workloads and services. */
    private final class Addresses implements ResourceHandler<MeshAddress> {
        @Override
        public String typeUrl() {
            return TypeUrls.ADDRESS;
        }

        @Override
        public MeshAddress decode(String name, ByteString value) throws InvalidResource {
            try {
                return AddressCodec.fromProto(Address.parseFrom(value), name);
            } catch (InvalidProtocolBufferException broken) {
                throw new InvalidResource("not an Address: " + broken.getMessage());
            }
        }

        @Override
        public Map<String, String> apply(List<Named<MeshAddress>> updates, List<String> removals) {
            List<MeshAddress> addresses = updates.stream().map(Named::value).toList();
            mesh.applyAddresses(addresses, removals);
            demand.heard(addresses, removals);
            return Map.of();
        }
    }
}
