package dev.ambit.client.signing;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.api.proto.citadel.IstioCertificateRequest;
import dev.ambit.api.proto.citadel.IstioCertificateResponse;
import dev.ambit.client.channel.CallFailure;
import dev.ambit.client.channel.ChannelUnavailable;
import dev.ambit.client.channel.IstiodChannel;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.rotation.CertificateSigner;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Has certificates signed by IstioCertificateService (ambient.md 1.15). Thread-safe. */
public final class GrpcCertificateSigner implements CertificateSigner {

    private static final String IMPERSONATED = "ImpersonatedIdentity";

    private static final MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse>
            CREATE_CERTIFICATE =
                    MethodDescriptor.<IstioCertificateRequest, IstioCertificateResponse>newBuilder()
                            .setType(MethodDescriptor.MethodType.UNARY)
                            .setFullMethodName(
                                    "istio.v1.auth.IstioCertificateService/CreateCertificate")
                            .setRequestMarshaller(
                                    ProtoUtils.marshaller(
                                            IstioCertificateRequest.getDefaultInstance()))
                            .setResponseMarshaller(
                                    ProtoUtils.marshaller(
                                            IstioCertificateResponse.getDefaultInstance()))
                            .build();

    /** Longer than any healthy CA takes, shorter than a pod's patience. */
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    /** Whether the caller's token speaks for itself or for the pods of its node. */
    public enum Mode {
        /** ztunnel: names the identity it asks for. */
        SHARED,
        /** A waypoint: asks for its own. */
        DEDICATED
    }

    private final IstiodChannel channel;
    private final Mode mode;

    public GrpcCertificateSigner(IstiodChannel channel, Mode mode) {
        this.channel = channel;
        this.mode = mode;
    }

    @Override
    public CompletionStage<List<String>> sign(SpiffeId id, String csrPem, Duration ttl) {
        CompletableFuture<List<String>> result = new CompletableFuture<>();
        try {
            ClientCall<IstioCertificateRequest, IstioCertificateResponse> call =
                    channel.grpc()
                            .newCall(
                                    CREATE_CERTIFICATE,
                                    CallOptions.DEFAULT.withDeadlineAfter(
                                            DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
            call.start(new Answer(result), new Metadata());
            call.request(2);
            call.sendMessage(request(id, csrPem, ttl));
            call.halfClose();
        } catch (ChannelUnavailable e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    private IstioCertificateRequest request(SpiffeId id, String csrPem, Duration ttl) {
        IstioCertificateRequest.Builder request =
                IstioCertificateRequest.newBuilder()
                        .setCsr(csrPem)
                        .setValidityDuration(ttl.toSeconds());
        if (mode == Mode.SHARED) {
            request.setMetadata(
                    Struct.newBuilder()
                            .putFields(
                                    IMPERSONATED,
                                    Value.newBuilder().setStringValue(id.uri()).build()));
        }
        return request.build();
    }

    private final class Answer extends ClientCall.Listener<IstioCertificateResponse> {

        private final CompletableFuture<List<String>> result;
        private @Nullable IstioCertificateResponse response;

        Answer(CompletableFuture<List<String>> result) {
            this.result = result;
        }

        @Override
        public void onMessage(IstioCertificateResponse message) {
            response = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (status.isOk() && response != null) {
                result.complete(response.getCertChainList());
                return;
            }
            if (status.getCode() == Status.Code.UNAVAILABLE
                    || status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
                channel.renew();
            }
            Status failure =
                    status.isOk() ? Status.INTERNAL.withDescription("empty response") : status;
            result.completeExceptionally(new CallFailure(failure));
        }
    }
}
