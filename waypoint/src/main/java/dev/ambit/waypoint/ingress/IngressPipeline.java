package dev.ambit.waypoint.ingress;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.waypoint.ServicePort;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.server.ConnectHandler;
import dev.ambit.hbone.server.InboundConnect;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.runtime.log.Log;
import dev.ambit.waypoint.exchange.ClientConnection;
import dev.ambit.waypoint.exchange.LoopContext;
import dev.ambit.waypoint.upstream.TunnelChannels;
import dev.ambit.waypoint.xds.BoundService;
import dev.ambit.waypoint.xds.Target;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The path of a client's bytes into the waypoint, step by step: a CONNECT names what is asked for
 * ({@link #connect}); it must be ours ({@link #target}); the tunnel becomes a channel; what is
 * spoken inside is declared or detected ({@link #open}); then it is HTTP/1.1, HTTP/2, or opaque.
 * This is the only place where a client's pipeline is assembled.
 */
public final class IngressPipeline implements ConnectHandler {

    private static final Log LOG = Log.get("ingress");
    private static final int NOT_FOUND = 404;

    private final Function<EventLoop, LoopContext> contexts;
    private final String network;
    private final IngressLimits limits;
    private final TunnelChannels tunnels;
    private final OpenConnections open;

    public IngressPipeline(
            Function<EventLoop, LoopContext> contexts,
            String network,
            IngressLimits limits,
            TunnelChannels tunnels,
            OpenConnections open) {
        this.contexts = contexts;
        this.network = network;
        this.limits = limits;
        this.tunnels = tunnels;
        this.open = open;
    }

    /** A tunnel is asked for: 404 unless it leads to something we serve. */
    @Override
    public void connect(InboundConnect connect) {
        LoopContext context = contexts.apply(connect.loop());
        @Nullable Target target = target(context, connect.target());
        if (target == null) {
            LOG.warn(
                    "tunnel refused",
                    "dst.hbone_addr",
                    connect.request().authority(),
                    "src.identity",
                    connect.peer().id().uri(),
                    "error",
                    "not served by this waypoint");
            connect.refuse(NOT_FOUND);
            return;
        }
        ClientConnection client = client(context, connect, target);
        tunnels.wrap(
                connect.accept(Map.of()),
                connect.local(),
                connect.remote(),
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open(channel, context, client);
                    }
                });
    }

    /** What an authority stands for; null if it is nothing of ours. */
    private @Nullable Target target(LoopContext context, ConnectTarget asked) {
        WaypointSnapshot snapshot = context.snapshot();
        return switch (asked) {
            case ConnectTarget.Host host -> snapshot.service(host.host(), host.port());
            case ConnectTarget.Address to -> {
                IpAddress address = IpAddress.of(to.address().getAddress());
                @Nullable Target service = snapshot.service(network, address, to.port());
                yield service != null ? service : workload(context, snapshot, address, to.port());
            }
        };
    }

    private @Nullable Target workload(
            LoopContext context, WaypointSnapshot snapshot, IpAddress address, int port) {
        if (!snapshot.waypointFor().coversWorkloads()) {
            return null;
        }
        @Nullable Workload workload = context.workload(address);
        return workload != null
                        && WaypointOwnership.isOurs(workload, snapshot.gateway(), context.mesh())
                ? new Target.OfWorkload(address, port)
                : null;
    }

    private ClientConnection client(LoopContext context, InboundConnect connect, Target target) {
        IpPort source = IpPort.of(connect.remote());
        return new ClientConnection(
                target,
                new ConnectionFacts(
                        connect.peer().id(), source, destination(context, connect, target)),
                Sources.of(
                        context.workload(source.address()), connect.peer().id(), connect.request()),
                connect.request().authority());
    }

    /** What the client addressed, as policy knows it: for a name, the first address it has. */
    private static IpPort destination(LoopContext context, InboundConnect connect, Target target) {
        if (connect.target() instanceof ConnectTarget.Address to) {
            return IpPort.of(to.address());
        }
        @Nullable BoundService bound =
                target instanceof Target.OfService of
                        ? context.snapshot().bound(of.service())
                        : null;
        List<NetworkAddress> vips = bound == null ? List.of() : bound.service().vips();
        InetSocketAddress local = connect.local();
        return vips.isEmpty()
                ? new IpPort(IpAddress.of(local.getAddress()), target.port())
                : new IpPort(vips.getFirst().address(), target.port());
    }

    /** Installs what speaks with a client, by the port's protocol or by the first bytes. */
    public void open(Channel channel, LoopContext context, ClientConnection client) {
        switch (protocol(context.snapshot(), client.target())) {
            case HTTP11, HTTP2, GRPC, UNSET -> detect(channel, context, client);
            case TCP, TLS -> new OpaqueTunnel(context, client, channel, () -> {}).start();
        }
    }

    private static ServicePort.Protocol protocol(WaypointSnapshot snapshot, Target target) {
        if (target instanceof Target.OfService of) {
            @Nullable BoundService bound = snapshot.bound(of.service());
            @Nullable ServicePort port = bound == null ? null : bound.port(of.port());
            return port == null ? ServicePort.Protocol.UNSET : port.protocol();
        }
        return ServicePort.Protocol.UNSET;
    }

    /**
     * On a port declared as HTTP everything is taken for HTTP, of the version its first bytes show;
     * what is no HTTP is answered with 400.
     */
    private void detect(Channel channel, LoopContext context, ClientConnection client) {
        boolean declared = protocol(context.snapshot(), client.target()).isHttp();
        ChannelPipeline pipeline = channel.pipeline();
        ProtocolDetector detector =
                new ProtocolDetector(
                        detection -> {
                            switch (detection) {
                                case HTTP2 -> http2(channel, context, client);
                                case HTTP1 -> http1(channel, context, client);
                                case OPAQUE, MORE -> {
                                    if (declared) {
                                        http1(channel, context, client);
                                    } else {
                                        opaque(channel, context, client);
                                    }
                                }
                            }
                        });
        pipeline.addLast("detect", detector);
    }

    private void http1(Channel channel, LoopContext context, ClientConnection client) {
        Http1Codec codec = new Http1Codec(limits);
        Http1ServerHandler handler = new Http1ServerHandler(context, client, limits, codec);
        channel.pipeline()
                .addLast("idle", idle())
                .addLast("http", codec)
                .addLast("exchange", handler);
        open.add(channel, handler);
        channel.pipeline().remove("detect");
    }

    private IdleStateHandler idle() {
        return new IdleStateHandler(0, 0, limits.idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void http2(Channel channel, LoopContext context, ClientConnection client) {
        channel.pipeline().addLast("idle", idle());
        open.add(channel, Http2Server.install(channel.pipeline(), context, client, limits));
        channel.pipeline().remove("detect");
    }

    private static void opaque(Channel channel, LoopContext context, ClientConnection client) {
        new OpaqueTunnel(
                        context,
                        client,
                        channel,
                        () -> channel.pipeline().remove(ProtocolDetector.class))
                .start();
    }
}
