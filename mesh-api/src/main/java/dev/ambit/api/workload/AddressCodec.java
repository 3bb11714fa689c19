package dev.ambit.api.workload;

import dev.ambit.api.InvalidResource;
import dev.ambit.api.proto.workload.Address;

/**
 * {@code istio.workload.Address} to record and back. Any thread; equal parts of decoded records are
 * one object, because there are as many workloads as pods in the mesh.
 */
public final class AddressCodec {

    private AddressCodec() {}

    public static MeshAddress fromProto(Address message) throws InvalidResource {
        return fromProto(message, "");
    }

    /**
     * @param name of the resource: where it is a workload's uid, both are one object
     */
    public static MeshAddress fromProto(Address message, String name) throws InvalidResource {
        return switch (message.getTypeCase()) {
            case WORKLOAD -> fromProto(message.getWorkload(), name);
            case SERVICE -> fromProto(message.getService());
            case TYPE_NOT_SET ->
                    throw new InvalidResource("type: unset (expected: workload or service)");
        };
    }

    public static Workload fromProto(dev.ambit.api.proto.workload.Workload message)
            throws InvalidResource {
        return fromProto(message, "");
    }

    private static Workload fromProto(dev.ambit.api.proto.workload.Workload message, String name)
            throws InvalidResource {
        try {
            return WorkloadCodec.decode(message, name);
        } catch (IllegalArgumentException e) {
            throw InvalidResource.because(e);
        }
    }

    public static MeshService fromProto(dev.ambit.api.proto.workload.Service message)
            throws InvalidResource {
        try {
            return ServiceCodec.decode(message);
        } catch (IllegalArgumentException e) {
            throw InvalidResource.because(e);
        }
    }

    public static Address toProto(MeshAddress address) {
        return switch (address) {
            case Workload workload ->
                    Address.newBuilder().setWorkload(WorkloadCodec.encode(workload)).build();
            case MeshService service ->
                    Address.newBuilder().setService(ServiceCodec.encode(service)).build();
        };
    }
}
