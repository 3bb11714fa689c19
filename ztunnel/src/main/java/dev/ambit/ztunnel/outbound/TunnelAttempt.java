package dev.ambit.ztunnel.outbound;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Map;

/** HBONE: needs the pod's certificate, then a stream of the pool. */
final class TunnelAttempt implements Attempt, OpenCallback {

    private final OutboundPipeline pipeline;
    private final Caller caller;
    private final Tunnelled tunnel;
    private final InetSocketAddress address;

    // Set by begin, before anything can be told.
    @SuppressWarnings("NullAway.Init")
    private Outcome outcome;

    private boolean abandoned;

    TunnelAttempt(
            OutboundPipeline pipeline, Caller caller, Tunnelled tunnel, InetSocketAddress address) {
        this.pipeline = pipeline;
        this.caller = caller;
        this.tunnel = tunnel;
        this.address = address;
    }

    @Override
    public void begin(Outcome listener) {
        outcome = listener;
        pipeline.pod()
                .local()
                .whenCertified(pipeline.pod().loop(), caller.source(), this::certified);
    }

    private void certified(CertificateState state) {
        if (abandoned) {
            return;
        }
        switch (state) {
            case CertificateState.Ready ready -> open(ready.contexts());
            case CertificateState.Unavailable unavailable ->
                    outcome.failed(ConnectionFailure.identity(unavailable.reason()), false);
            case CertificateState.Fetching fetching ->
                    outcome.failed(
                            ConnectionFailure.identity("certificate not fetched in time"), false);
        }
    }

    private void open(TlsContexts contexts) {
        Workload source = caller.source();
        PoolKey key =
                new PoolKey(
                        source.identity(),
                        tunnel.expected(),
                        address,
                        null,
                        tunnel.upstream().uid(),
                        contexts.serial());
        pipeline.pool()
                .open(
                        key,
                        contexts,
                        pipeline.headers()
                                .request(
                                        tunnel.authority(),
                                        source,
                                        caller.client(),
                                        tunnel.service()),
                        this);
    }

    @Override
    public void opened(HboneStream stream, Map<String, String> responseHeaders) {
        if (abandoned) {
            stream.reset(ErrorCode.CANCEL);
        } else {
            outcome.reached(new Tunnel(stream));
        }
    }

    @Override
    public void failed(OpenFailure failure) {
        if (!abandoned) {
            outcome.failed(OpenFailures.of(failure), false);
        }
    }

    @Override
    public void abandon() {
        abandoned = true;
    }

    private record Tunnel(HboneStream stream) implements FarEnd {
        @Override
        public void couple(SocketChannel application, TrackedConnection connection) {
            connection.relayedBy(Relay.tunnel(stream, application, connection), false);
        }

        @Override
        public void drop() {
            stream.reset(ErrorCode.CANCEL);
        }
    }
}
