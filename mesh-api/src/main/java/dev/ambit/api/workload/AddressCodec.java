package dev.ambit.api.workload;

import dev.ambit.api.InvalidResource;
import dev.ambit.api.proto.workload.Address;

/** {@code istio.workload.Address} to record and back. */
@SuppressWarnings("DoNotCallSuggester")
public final class AddressCodec {

    private AddressCodec() {}

    public static MeshAddress fromProto(Address message) throws InvalidResource {
        return switch (message.getTypeCase()) {
            case WORKLOAD -> fromProto(message.getWorkload());
            case SERVICE -> fromProto(message.getService());
            case TYPE_NOT_SET ->
                    throw new InvalidResource("type: unset (expected: workload or service)");
        };
    }

    public static Workload fromProto(dev.ambit.api.proto.workload.Workload message)
            throws InvalidResource {
        throw new UnsupportedOperationException("not built yet");
    }

    public static MeshService fromProto(dev.ambit.api.proto.workload.Service message)
            throws InvalidResource {
        throw new UnsupportedOperationException("not built yet");
    }

    public static Address toProto(MeshAddress address) {
        throw new UnsupportedOperationException("not built yet");
    }
}
