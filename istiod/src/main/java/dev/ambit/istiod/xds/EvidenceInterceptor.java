package dev.ambit.istiod.xds;

import dev.ambit.istiod.xds.StreamAuthenticator.Evidence;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Objects;
import java.util.Optional;

/** Keeps what a stream shows of its caller, and who judges it on this port. */
public final class EvidenceInterceptor implements ServerInterceptor {
    private static final Evidence NOTHING =
            new Evidence(Optional.empty(), "", Optional.empty(), "unknown");

    static final Context.Key<Evidence> EVIDENCE = Context.keyWithDefault("ambit-evidence", NOTHING);

    /** Without one nobody is served. */
    static final Context.Key<StreamAuthenticator> AUTHENTICATOR =
            Context.keyWithDefault(
                    "ambit-authenticator",
                    e -> java.util.concurrent.CompletableFuture.completedFuture(Optional.empty()));

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> CLUSTER_ID =
            Metadata.Key.of("clusterid", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";

    private final StreamAuthenticator authenticator;

    public EvidenceInterceptor(StreamAuthenticator authenticator) {
        this.authenticator = authenticator;
    }

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        Evidence evidence =
                new Evidence(
                        token(headers),
                        Objects.requireNonNullElse(headers.get(CLUSTER_ID), ""),
                        Optional.ofNullable(
                                call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)),
                        String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
        Context context =
                Context.current()
                        .withValue(EVIDENCE, evidence)
                        .withValue(AUTHENTICATOR, authenticator);
        return Contexts.interceptCall(context, call, headers, next);
    }

    private static Optional<String> token(Metadata headers) {
        String value = headers.get(AUTHORIZATION);
        return value != null && value.startsWith(BEARER)
                ? Optional.of(value.substring(BEARER.length()))
                : Optional.empty();
    }
}
