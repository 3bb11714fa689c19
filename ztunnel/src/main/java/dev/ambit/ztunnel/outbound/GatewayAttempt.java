package dev.ambit.ztunnel.outbound;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.hbone.client.PendingTunnel;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.tls.PeerIdentity;
import dev.ambit.identity.tls.TlsContexts;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel within a tunnel: the outer one, of the pool, to the gateway of another network; the
 * inner one, with TLS of its own, to the far end, which the gateway can neither read nor pretend to
 * be (ambient.md 1.24).
 */
final class GatewayAttempt implements Attempt {

    private final OutboundPipeline pipeline;
    private final Caller caller;
    private final Tunnelled tunnel;
    private final List<SpiffeId> inner;
    private final TunnelAttempt outer;

    // Set by begin, before anything can be told.
    @SuppressWarnings("NullAway.Init")
    private Outcome outcome;

    private @Nullable PendingTunnel pending;
    private @Nullable PeerIdentity farEnd;
    private boolean abandoned;

    /**
     * @param tunnel to the gateway
     * @param inner who must be at the far end
     */
    GatewayAttempt(
            OutboundPipeline pipeline,
            Caller caller,
            Tunnelled tunnel,
            List<SpiffeId> inner,
            InetSocketAddress address) {
        this.pipeline = pipeline;
        this.caller = caller;
        this.tunnel = tunnel;
        this.inner = inner;
        this.outer = new TunnelAttempt(pipeline, caller, tunnel, address, this::within);
    }

    @Override
    public void begin(Outcome listener) {
        outcome = listener;
        outer.begin(listener);
    }

    /** The gateway has connected us; what is said from here on is not for its ears. */
    private void within(HboneStream stream, TlsContexts contexts) {
        ConnectRequest request =
                pipeline.headers()
                        .request(
                                tunnel.authority(),
                                caller.source(),
                                caller.client(),
                                tunnel.service(),
                                Map.of(
                                        ConnectRequest.FORWARDED_NETWORK,
                                        pipeline.pod().options().network()),
                                outcome.traceparent());
        PendingTunnel asked =
                pipeline.pool().openWithin(stream, contexts, inner, request, new Inner());
        if (!abandoned) {
            pending = asked;
        }
    }

    private final class Inner implements OpenCallback {
        @Override
        public void proven(PeerIdentity peer) {
            farEnd = peer;
        }

        @Override
        public void opened(HboneStream stream, Map<String, String> responseHeaders) {
            pending = null;
            String baggage = responseHeaders.get(ConnectRequest.BAGGAGE);
            PeerIdentity peer = farEnd;
            outcome.reached(
                    new TunnelAttempt.Tunnel(
                            stream,
                            baggage == null || peer == null
                                    ? null
                                    : pipeline.derived().of(peer.id(), baggage),
                            true));
        }

        @Override
        public void failed(OpenFailure failure) {
            pending = null;
            outcome.failed(OpenFailures.of(failure), false);
        }
    }

    @Override
    public void abandon() {
        abandoned = true;
        outer.abandon();
        PendingTunnel underWay = pending;
        if (underWay != null) {
            pending = null;
            underWay.cancel();
        }
    }
}
