package dev.ambit.client.channel;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors.CheckedForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;

/** Adds the token, the cluster id and the configured headers to every call. */
final class CallHeaders implements ClientInterceptor {

    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    private static final Metadata.Key<String> CLUSTER_ID = key("clusterid");

    private final ChannelConfig config;

    CallHeaders(ChannelConfig config) {
        this.config = config;
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
            MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new CheckedForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            protected void checkedStart(Listener<R> listener, Metadata headers)
                    throws StatusException {
                add(headers);
                delegate().start(listener, headers);
            }
        };
    }

    private void add(Metadata headers) throws StatusException {
        headers.put(CLUSTER_ID, config.identification().clusterId());
        config.identification().headers().forEach((name, value) -> headers.put(key(name), value));
        if (!config.tls()) {
            // A bearer token in the clear is a token given away.
            return;
        }
        try {
            config.identification()
                    .token()
                    .read()
                    .ifPresent(token -> headers.put(AUTHORIZATION, "Bearer " + token));
        } catch (IOException e) {
            throw Status.UNAUTHENTICATED
                    .withDescription("token cannot be read: " + e)
                    .withCause(e)
                    .asException();
        }
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
