package dev.ambit.waypoint.exchange;

import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.policy.l7.RouteName;
import dev.ambit.policy.state.MeshView;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.telemetry.Parties;
import dev.ambit.waypoint.telemetry.Peer;
import dev.ambit.waypoint.telemetry.RequestRecord;
import dev.ambit.waypoint.telemetry.RequestRecord.Addresses;
import dev.ambit.waypoint.telemetry.RequestRecord.Answered;
import dev.ambit.waypoint.telemetry.RequestRecord.Asked;
import dev.ambit.waypoint.telemetry.RequestRecord.Messages;
import dev.ambit.waypoint.telemetry.RequestRecord.Timing;
import dev.ambit.waypoint.telemetry.ServiceName;
import dev.ambit.waypoint.upstream.UpstreamAttempt.Way;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Collects what happens to one request, to be told once at its end. */
final class ExchangeRecord {

    private final ClientConnection client;
    private final boolean grpc;
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();
    private final String method;
    private final String path;
    private final String protocol;
    private final @Nullable String authority;
    private final @Nullable String forwardedFor;
    private final @Nullable String userAgent;

    private @Nullable String requestId;
    private @Nullable RouteName route;
    private @Nullable Way way;
    private @Nullable ServiceName service;
    private @Nullable String upstreamLocal;
    private @Nullable String transportFailure;
    private String flags = "-";
    private String details = "via_upstream";
    private long upstreamNanos = -1;
    private long switchedFromClient;
    private long switchedToClient;

    ExchangeRecord(ClientConnection client, HttpRequest head, boolean grpc, boolean http2) {
        this.client = client;
        this.grpc = grpc;
        HttpHeaders headers = head.headers();
        method = head.method().name();
        path = head.uri();
        protocol = http2 ? "HTTP/2" : head.protocolVersion().text();
        authority = headers.get(HttpHeaderNames.HOST);
        forwardedFor = headers.get("x-forwarded-for");
        userAgent = headers.get(HttpHeaderNames.USER_AGENT);
        requestId = headers.get("x-request-id");
    }

    void requestId(HttpRequest head) {
        requestId = head.headers().get("x-request-id");
    }

    void route(@Nullable RouteName decided) {
        route = decided;
    }

    void chosen(Way chosen, BackendRef.ToService to) {
        way = chosen;
    }

    void connected(Channel channel) {
        upstreamLocal =
                channel.localAddress() instanceof InetSocketAddress address ? text(address) : null;
    }

    void answered(long nanos) {
        upstreamNanos = nanos;
    }

    void upstreamFailed(ProxyError error) {
        transportFailure = error.detail();
    }

    void failed(String how, String why) {
        flags = how;
        details = why;
    }

    void addFlag(String flag) {
        flags = flags.equals("-") ? flag : flags + "," + flag;
    }

    void switched(long fromClient, long toClient) {
        switchedFromClient = fromClient;
        switchedToClient = toClient;
    }

    /** The service the client addressed, by the names metrics use. */
    ServiceName service(MeshView mesh) {
        if (service == null) {
            service = ServiceNames.of(mesh, client.target());
        }
        return service;
    }

    RequestRecord close(LoopContext context, Answer answer, long received, long messages) {
        Parties parties = new Parties(client.source(), destination(), service(context.mesh()));
        Asked asked =
                new Asked(
                        method,
                        path,
                        protocol,
                        authority,
                        forwardedFor,
                        userAgent,
                        requestId,
                        grpc,
                        received + switchedFromClient);
        Answered answered =
                new Answered(
                        answer.status(),
                        flags,
                        details,
                        flags.startsWith("UF") ? transportFailure : null,
                        answer.grpcStatus(),
                        answer.bytes() + switchedToClient,
                        new Messages(messages, answer.messages()));
        Timing timing =
                new Timing(
                        start,
                        System.nanoTime() - startNanos,
                        upstreamNanos < 0 ? -1 : upstreamNanos / 1_000_000);
        return new RequestRecord(parties, asked, answered, timing, addresses(parties.service()));
    }

    private Peer destination() {
        return way == null ? Peer.UNKNOWN : way.peer();
    }

    private Addresses addresses(ServiceName name) {
        return new Addresses(
                way == null ? null : text(way.destination().address()),
                name.cluster("http"),
                upstreamLocal,
                client.localAddress(),
                client.remoteAddress(),
                route == null ? "default" : route.toString());
    }

    private static String text(InetSocketAddress address) {
        String host = address.getHostString();
        return host.indexOf(':') >= 0
                ? "[" + host + "]:" + address.getPort()
                : host + ":" + address.getPort();
    }
}
