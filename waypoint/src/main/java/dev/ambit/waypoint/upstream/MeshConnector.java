package dev.ambit.waypoint.upstream;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.client.HbonePool;
import dev.ambit.hbone.client.OpenCallback;
import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The real connector of one loop: tunnels to the mesh with the waypoint's own identity, TCP to the
 * rest. Without a certificate a tunnel is refused, never replaced by plain TCP.
 */
public final class MeshConnector implements Connector {

    private final Live<CertificateState> certificate;
    private final HbonePool pool;
    private final TunnelChannels channels;
    private final String baggage;
    private final PlainConnector plain;

    /**
     * What all loops share.
     *
     * @param baggage our own attributes, for the metrics of the far side
     */
    public record Shared(
            EventLoops loops,
            Live<CertificateState> certificate,
            TunnelChannels channels,
            String baggage,
            Duration connectTimeout) {}

    public MeshConnector(Shared shared, EventLoop loop, HbonePool pool) {
        this.certificate = shared.certificate();
        this.pool = pool;
        this.channels = shared.channels();
        this.baggage = shared.baggage();
        this.plain = new PlainConnector(shared.loops(), loop, shared.connectTimeout());
    }

    @Override
    public BigInteger certificateSerial() {
        return certificate.current() instanceof CertificateState.Ready ready
                ? ready.contexts().serial()
                : BigInteger.ZERO;
    }

    @Override
    public void connect(Destination destination, ChannelHandler handler, Result result) {
        Destination.@Nullable Tunnel tunnel = destination.tunnel();
        if (tunnel == null) {
            plain.connect(destination.address(), handler, result);
            return;
        }
        switch (certificate.current()) {
            case CertificateState.Ready ready ->
                    open(destination.address(), tunnel, ready.contexts(), handler, result);
            case CertificateState.Fetching fetching ->
                    result.failed(noCertificate("not issued yet"));
            case CertificateState.Unavailable unavailable ->
                    result.failed(noCertificate(unavailable.reason()));
        }
    }

    private static ProxyError noCertificate(String reason) {
        return new ProxyError(
                FailureKind.CONNECT_FAILURE,
                FailureKind.CONNECT_FAILURE.detail() + "{own certificate: " + reason + "}");
    }

    private void open(
            InetSocketAddress address,
            Destination.Tunnel tunnel,
            TlsContexts contexts,
            ChannelHandler handler,
            Result result) {
        dev.ambit.hbone.client.PoolKey key =
                new dev.ambit.hbone.client.PoolKey(
                        contexts.id(),
                        tunnel.expected(),
                        tunnel.proxy(),
                        null,
                        tunnel.workloadUid(),
                        contexts.serial());
        // Nobody takes a wish back here: an outcome always comes, in the pool's time.
        pool.open(
                key,
                contexts,
                request(address, tunnel),
                new OpenCallback() {
                    @Override
                    public void opened(HboneStream stream, Map<String, String> headers) {
                        result.connected(
                                channels.wrap(stream, new InetSocketAddress(0), address, handler));
                    }

                    @Override
                    public void failed(OpenFailure failure) {
                        result.failed(error(failure));
                    }
                });
    }

    private ConnectRequest request(InetSocketAddress address, Destination.Tunnel tunnel) {
        String host = address.getAddress().getHostAddress();
        String authority =
                (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
        String forwarded = tunnel.host().isEmpty() ? null : "host=" + tunnel.host();
        return new ConnectRequest(
                authority,
                forwarded,
                baggage.isEmpty() ? null : baggage,
                null,
                Map.of("x-istio-source", "waypoint"));
    }

    /** Nothing of a request has been sent in any of these cases, so all may be tried again. */
    private static ProxyError error(OpenFailure failure) {
        FailureKind kind =
                switch (failure) {
                    case OpenFailure.ConnectTimeout timeout -> FailureKind.CONNECT_TIMEOUT;
                    case OpenFailure.Connect connect -> FailureKind.CONNECT_FAILURE;
                    case OpenFailure.Tls tls -> FailureKind.CONNECT_FAILURE;
                    case OpenFailure.Identity identity -> FailureKind.CONNECT_FAILURE;
                    case OpenFailure.Revoked revoked -> FailureKind.CONNECT_FAILURE;
                    case OpenFailure.H2 h2 -> FailureKind.CONNECT_FAILURE;
                    case OpenFailure.Status status -> FailureKind.CONNECT_FAILURE;
                    case OpenFailure.Draining draining -> FailureKind.CONNECT_FAILURE;
                };
        return new ProxyError(kind, kind.detail() + "{" + failure.describe() + "}");
    }
}
