package dev.ambit.istiod.xds;

import dev.ambit.istiod.xds.StreamAuthenticator.Caller;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;

/** Lets in streams whose token is good, and remembers whose it is. */
public final class StreamGuard implements ServerInterceptor {
    static final Context.Key<Caller> CALLER = Context.key("ambit-caller");
    static final Context.Key<String> PEER = Context.key("ambit-peer");

    private final StreamAuthenticator authenticator;
    private final XdsEvents events;

    public StreamGuard(StreamAuthenticator authenticator, XdsEvents events) {
        this.authenticator = authenticator;
        this.events = events;
    }

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        String peer = String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        Optional<Caller> caller = authenticator.authenticate(headers);
        if (caller.isEmpty()) {
            events.refused(peer, "no valid token");
            call.close(
                    Status.UNAUTHENTICATED.withDescription("authentication failure"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Context context = Context.current().withValue(CALLER, caller.get()).withValue(PEER, peer);
        return Contexts.interceptCall(context, call, headers, next);
    }
}
