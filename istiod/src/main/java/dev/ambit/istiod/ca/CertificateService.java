package dev.ambit.istiod.ca;

import com.google.protobuf.Value;
import dev.ambit.api.proto.citadel.IstioCertificateRequest;
import dev.ambit.api.proto.citadel.IstioCertificateResponse;
import dev.ambit.identity.Quoted;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.istiod.ca.CallerAuthenticator.Authentication;
import dev.ambit.runtime.log.Log;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * istio.v1.auth.IstioCertificateService (ambient.md 2.6): who calls, may they have it, issue. A
 * caller that is refused learns nothing but that; the log learns why. Signing runs on the executor
 * handed in.
 */
public final class CertificateService implements BindableService {

    private static final Log LOG = Log.get("ca");
    private static final String SERVICE = "istio.v1.auth.IstioCertificateService";
    private static final String IMPERSONATED = "ImpersonatedIdentity";

    private static final MethodDescriptor<IstioCertificateRequest, IstioCertificateResponse>
            CREATE_CERTIFICATE =
                    MethodDescriptor.<IstioCertificateRequest, IstioCertificateResponse>newBuilder()
                            .setType(MethodDescriptor.MethodType.UNARY)
                            .setFullMethodName(SERVICE + "/CreateCertificate")
                            .setRequestMarshaller(
                                    ProtoUtils.marshaller(
                                            IstioCertificateRequest.getDefaultInstance()))
                            .setResponseMarshaller(
                                    ProtoUtils.marshaller(
                                            IstioCertificateResponse.getDefaultInstance()))
                            .build();

    private final CertificateAuthority authority;
    private final CallerAuthenticator authenticator;
    private final NodeAuthorizer authorizer;
    private final CaMetrics metrics;
    private final CallerRate rate;
    private final Executor executor;

    public CertificateService(
            CertificateAuthority authority,
            CallerAuthenticator authenticator,
            NodeAuthorizer authorizer,
            CaMetrics metrics,
            Executor executor,
            Clock clock) {
        this.authority = authority;
        this.authenticator = authenticator;
        this.authorizer = authorizer;
        this.metrics = metrics;
        this.executor = executor;
        this.rate = new CallerRate(clock);
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerInterceptors.intercept(
                ServerServiceDefinition.builder(SERVICE)
                        .addMethod(CREATE_CERTIFICATE, ServerCalls.asyncUnaryCall(this::create))
                        .build(),
                new CredentialsInterceptor());
    }

    /** The way of a request ends in one of these. */
    private sealed interface Outcome {

        record Issued(List<String> elements) implements Outcome {}

        record Failed(Status status) implements Outcome {}
    }

    private void create(
            IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> answer) {
        metrics.requests.cell().increment();
        Credentials credentials = CredentialsInterceptor.CREDENTIALS.get();
        CompletableFuture<Void> _ =
                authenticator
                        .authenticate(credentials)
                        .thenComposeAsync(found -> authorize(found, request, credentials), executor)
                        .exceptionally(e -> failed(e, credentials))
                        .thenAccept(outcome -> answer(outcome, answer))
                        .toCompletableFuture();
    }

    private CompletionStage<Outcome> authorize(
            Authentication found, IstioCertificateRequest request, Credentials credentials) {
        return switch (found) {
            case Authentication.Unknown unknown -> done(refused(credentials, "", unknown.reason()));
            case Authentication.Known known -> authorize(known.caller(), request, credentials);
        };
    }

    private CompletionStage<Outcome> authorize(
            Caller caller, IstioCertificateRequest request, Credentials credentials) {
        if (!rate.allows(caller)) {
            metrics.limited.cell().increment();
            return done(
                    new Outcome.Failed(
                            Status.RESOURCE_EXHAUSTED.withDescription(
                                    "more than %d certificates a second"
                                            .formatted(CallerRate.PER_SECOND))));
        }
        return authorizer
                .authorize(caller, impersonated(request))
                .thenApplyAsync(
                        grant ->
                                switch (grant) {
                                    case NodeAuthorizer.Grant.Refused no ->
                                            refused(credentials, caller.key(), no.reason());
                                    case NodeAuthorizer.Grant.Granted yes ->
                                            issue(request, yes.id(), caller);
                                },
                        executor);
    }

    private Optional<String> impersonated(IstioCertificateRequest request) {
        Value value = request.getMetadata().getFieldsMap().get(IMPERSONATED);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.hasStringValue()) {
            metrics.unnamed.cell().increment();
        }
        // Anything but a text is an empty id, which nobody may have.
        return Optional.of(value.getStringValue());
    }

    private Outcome issue(IstioCertificateRequest request, SpiffeId id, Caller caller) {
        Duration ttl = Duration.ofSeconds(request.getValidityDuration());
        try {
            List<String> elements = authority.issue(request.getCsr(), id, ttl);
            metrics.issued.cell().increment();
            LOG.debug("certificate issued", "id", id.uri(), "caller", caller.key());
            return new Outcome.Issued(elements);
        } catch (CertificateRejected e) {
            metrics.unreadable.cell().increment();
            LOG.warn(
                    "certificate not issued",
                    "id",
                    id.uri(),
                    "caller",
                    caller.key(),
                    "error",
                    String.valueOf(e.getMessage()));
            return new Outcome.Failed(
                    Status.INVALID_ARGUMENT.withDescription(
                            "CSR signing error: " + e.getMessage()));
        }
    }

    private Outcome refused(Credentials credentials, String caller, String reason) {
        metrics.unauthenticated.cell().increment();
        LOG.warn(
                "certificate refused",
                "peer",
                credentials.peer(),
                "caller",
                caller.isEmpty() ? "unknown" : caller,
                "error",
                reason);
        return new Outcome.Failed(
                Status.UNAUTHENTICATED.withDescription("request authenticate failure"));
    }

    private Outcome failed(Throwable failure, Credentials credentials) {
        metrics.unsigned.cell().increment();
        LOG.error(
                "certificate not issued",
                "peer",
                credentials.peer(),
                "error",
                Quoted.of(failure.toString()));
        return new Outcome.Failed(Status.INTERNAL.withDescription("CSR signing error"));
    }

    private static void answer(Outcome outcome, StreamObserver<IstioCertificateResponse> answer) {
        switch (outcome) {
            case Outcome.Issued issued -> {
                answer.onNext(
                        IstioCertificateResponse.newBuilder()
                                .addAllCertChain(issued.elements())
                                .build());
                answer.onCompleted();
            }
            case Outcome.Failed failed -> answer.onError(failed.status().asException());
        }
    }

    private static CompletionStage<Outcome> done(Outcome outcome) {
        return CompletableFuture.completedFuture(outcome);
    }
}
