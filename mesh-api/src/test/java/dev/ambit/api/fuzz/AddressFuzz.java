package dev.ambit.api.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.proto.workload.Address;
import dev.ambit.api.workload.AddressCodec;
import dev.ambit.api.workload.MeshAddress;

/** xDS addresses: taken, and then said again they are the same, or refused by name. */
public final class AddressFuzz {

    private AddressFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws InvalidResource {
        MeshAddress address;
        try {
            address = AddressCodec.fromProto(Address.parseFrom(input), "name");
        } catch (InvalidProtocolBufferException | InvalidResource refused) {
            return;
        }
        MeshAddress again = AddressCodec.fromProto(AddressCodec.toProto(address), "name");
        if (!again.equals(address)) {
            throw new IllegalStateException("%s became %s".formatted(address, again));
        }
    }
}
