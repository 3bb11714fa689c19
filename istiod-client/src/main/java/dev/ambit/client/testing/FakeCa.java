package dev.ambit.client.testing;

import com.google.protobuf.Value;
import dev.ambit.api.proto.citadel.IstioCertificateRequest;
import dev.ambit.api.proto.citadel.IstioCertificateResponse;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.testing.TestCertificates;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/** Signs for the identity asked for, without looking who asks. */
final class FakeCa {

    private final TestCertificates certificates;

    /** Written by the test's thread, read by gRPC's. */
    private volatile String refusal = "";

    FakeCa(TestCertificates certificates) {
        this.certificates = certificates;
    }

    void refuse(String reason) {
        refusal = reason;
    }

    ServerServiceDefinition service() {
        MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse> method =
                MethodDescriptor.<IstioCertificateRequest, IstioCertificateResponse>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(
                                "istio.v1.auth.IstioCertificateService/CreateCertificate")
                        .setRequestMarshaller(
                                ProtoUtils.marshaller(IstioCertificateRequest.getDefaultInstance()))
                        .setResponseMarshaller(
                                ProtoUtils.marshaller(
                                        IstioCertificateResponse.getDefaultInstance()))
                        .build();
        return ServerServiceDefinition.builder("istio.v1.auth.IstioCertificateService")
                .addMethod(method, ServerCalls.asyncUnaryCall(this::create))
                .build();
    }

    private void create(
            IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
        if (!refusal.isEmpty()) {
            answer.onError(Status.UNAUTHENTICATED.withDescription(refusal).asException());
            return;
        }
        Value asked = request.getMetadata().getFieldsMap().get("ImpersonatedIdentity");
        SpiffeId id =
                asked == null
                        ? SpiffeId.of("cluster.local", "default", "dedicated")
                        : SpiffeId.parse(asked.getStringValue());
        answer.onNext(
                IstioCertificateResponse.newBuilder()
                        .addAllCertChain(
                                certificates
                                        .authority()
                                        .issue(
                                                request.getCsr(),
                                                id,
                                                Duration.ofSeconds(request.getValidityDuration())))
                        .build());
        answer.onCompleted();
    }
}
