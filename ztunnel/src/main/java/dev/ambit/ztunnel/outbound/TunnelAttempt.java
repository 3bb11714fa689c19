package dev.ambit.ztunnel.outbound;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PendingTunnel;
import dev.ambit.hbone.client.PoolKey;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.ztunnel.policy.TrackedConnection;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** HBONE: needs the pod's certificate, then a stream of the pool. */
final class TunnelAttempt implements Attempt, OpenCallback {

    private final OutboundPipeline pipeline;
    private final Caller caller;
    private final Tunnelled tunnel;
    private final InetSocketAddress address;
    private final @Nullable Within within;

    // Set by begin, before anything can be told.
    @SuppressWarnings("NullAway.Init")
    private Outcome outcome;

    private @Nullable TlsContexts contexts;
    private @Nullable PendingTunnel pending;
    private boolean abandoned;
    private boolean over;

    /** What goes on inside a tunnel that is only the outer one. */
    interface Within {
        void opened(HboneStream outer, TlsContexts contexts);
    }

    TunnelAttempt(
            OutboundPipeline pipeline, Caller caller, Tunnelled tunnel, InetSocketAddress address) {
        this(pipeline, caller, tunnel, address, null);
    }

    /**
     * @param within takes over once the tunnel is open; null: the tunnel is what was wanted
     */
    TunnelAttempt(
            OutboundPipeline pipeline,
            Caller caller,
            Tunnelled tunnel,
            InetSocketAddress address,
            @Nullable Within within) {
        this.within = within;
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

    private void open(TlsContexts shown) {
        contexts = shown;
        Workload source = caller.source();
        PoolKey key =
                new PoolKey(
                        source.identity(),
                        tunnel.expected(),
                        address,
                        null,
                        tunnel.upstream().uid(),
                        shown.serial());
        PendingTunnel asked =
                pipeline.pool()
                        .open(
                                key,
                                shown,
                                pipeline.headers()
                                        .request(
                                                tunnel.authority(),
                                                source,
                                                caller.client(),
                                                tunnel.service(),
                                                Map.of(),
                                                outcome.traceparent()),
                                this);
        if (!over) {
            pending = asked;
        }
    }

    @Override
    public void opened(HboneStream stream, Map<String, String> responseHeaders) {
        over();
        if (within == null) {
            outcome.reached(new Tunnel(stream, null, false));
        } else {
            within.opened(stream, Objects.requireNonNull(contexts));
        }
    }

    private void over() {
        over = true;
        pending = null;
    }

    @Override
    public void failed(OpenFailure failure) {
        over();
        outcome.failed(
                OpenFailures.of(failure),
                OpenFailures.elsewhere(failure, tunnel.answersForApplication()));
    }

    @Override
    public void abandon() {
        abandoned = true;
        PendingTunnel underWay = pending;
        if (underWay != null) {
            over();
            underWay.cancel();
        }
    }

    /**
     * @param destination the far end as it describes itself, where the mesh does not know it
     * @param nested whether it goes within another
     */
    record Tunnel(HboneStream stream, @Nullable Workload destination, boolean nested)
            implements FarEnd {
        @Override
        public void couple(SocketChannel application, TrackedConnection connection) {
            connection.relayedBy(Relay.tunnel(stream, application, connection), false, stream);
            connection.nested(nested);
        }

        @Override
        public void drop() {
            stream.reset(ErrorCode.CANCEL);
        }
    }
}
