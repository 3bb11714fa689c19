package dev.ambit.istiod.ca;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Objects;
import java.util.Optional;

/** Keeps what a call shows of its caller where {@link CertificateService} finds it. */
final class CredentialsInterceptor implements ServerInterceptor {

    private static final Credentials NOTHING =
            new Credentials(Optional.empty(), "", Optional.empty(), "");

    static final Context.Key<Credentials> CREDENTIALS =
            Context.keyWithDefault("ambit-credentials", NOTHING);

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> CLUSTER_ID =
            Metadata.Key.of("clusterid", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Credentials credentials =
                new Credentials(
                        token(headers),
                        Objects.requireNonNullElse(headers.get(CLUSTER_ID), ""),
                        Optional.ofNullable(
                                call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION)),
                        String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
        return Contexts.interceptCall(
                Context.current().withValue(CREDENTIALS, credentials), call, headers, next);
    }

    private static Optional<String> token(Metadata headers) {
        String value = headers.get(AUTHORIZATION);
        return value != null && value.startsWith(BEARER)
                ? Optional.of(value.substring(BEARER.length()))
                : Optional.empty();
    }
}
