package dev.ambit.client.testing;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Remembers the headers of the last call. */
final class HeaderRecorder implements ServerInterceptor {

    /** Written by gRPC's threads, read by the test's. */
    private volatile Metadata last = new Metadata();

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        last = headers;
        return next.startCall(call, headers);
    }

    String last(String name) {
        String value = last.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        return value == null ? "" : value;
    }
}
