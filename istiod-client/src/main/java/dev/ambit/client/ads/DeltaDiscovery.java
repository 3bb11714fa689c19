package dev.ambit.client.ads;

import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;

/** Delta discovery as gRPC names it (envoy.service.discovery.v3.AggregatedDiscoveryService). */
public final class DeltaDiscovery {
    public static final String SERVICE = "envoy.service.discovery.v3.AggregatedDiscoveryService";

    /** Both directions are streams. */
    public static final MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> METHOD =
            MethodDescriptor.<DeltaDiscoveryRequest, DeltaDiscoveryResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(SERVICE + "/DeltaAggregatedResources")
                    .setRequestMarshaller(
                            ProtoUtils.marshaller(DeltaDiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(
                            ProtoUtils.marshaller(DeltaDiscoveryResponse.getDefaultInstance()))
                    .build();

    private DeltaDiscovery() {}
}
