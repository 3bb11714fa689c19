package dev.ambit.client.channel;

import dev.ambit.identity.TrustBundle;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Keepalive;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The channel to one of istiod's services. Made at the first call, made anew when the roots changed
 * or the last one failed: gRPC's own pauses between attempts are replaced by those of the callers.
 * Its connection and its callbacks live on the control loop. Thread-safe.
 */
public final class IstiodChannel implements AutoCloseable {

    private static final Log LOG = Log.get("xds");

    private static final int CONNECT_TIMEOUT_MILLIS = 5000;
    private static final long PING_AFTER_SECONDS = 30;
    private static final long PING_TIMEOUT_SECONDS = 10;
    private static final Keepalive TCP_KEEPALIVE =
            new Keepalive(true, Duration.ofSeconds(300), Duration.ofSeconds(75), 9);

    /** The whole state of a large mesh in one response. */
    private static final int MAX_MESSAGE_BYTES = 200 * 1024 * 1024;

    private final ChannelConfig config;
    private final EventLoops loops;

    private @Nullable ManagedChannel channel;
    private String roots = "";
    private boolean renew;
    private boolean closed;

    private IstiodChannel(ChannelConfig config, EventLoops loops) {
        this.config = config;
        this.loops = loops;
    }

    /** Connects nothing yet. */
    public static IstiodChannel open(ChannelConfig config, EventLoops loops) {
        return new IstiodChannel(config, loops);
    }

    /** Where callbacks of calls run. */
    public EventLoop loop() {
        return loops.control();
    }

    public ChannelConfig config() {
        return config;
    }

    /**
     * The channel for the next call; take it anew for each.
     *
     * @throws ChannelUnavailable when the roots cannot be read, or after {@link #close}
     */
    public synchronized Channel grpc() throws ChannelUnavailable {
        if (closed) {
            throw new ChannelUnavailable(
                    "channel is closed", new IllegalStateException("channel is closed"));
        }
        String wanted = readRoots();
        ManagedChannel current = channel;
        if (current != null && (renew || !wanted.equals(roots))) {
            LOG.debug(
                    "channel renewed", "target", target(), "roots_changed", !wanted.equals(roots));
            // Calls under way finish on it.
            current.shutdown();
            current = null;
        }
        if (current == null) {
            current = build(wanted);
            channel = current;
            roots = wanted;
            renew = false;
        }
        return ClientInterceptors.intercept(current, new CallHeaders(config));
    }

    /** A call failed: the next one gets a fresh connection and a fresh look at the name. */
    public synchronized void renew() {
        renew = true;
    }

    /** What it connects to, for logs. */
    public String target() {
        return config.host() + ":" + config.port();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (channel != null) {
            channel.shutdownNow();
            channel = null;
        }
    }

    private String readRoots() throws ChannelUnavailable {
        if (!config.tls()) {
            return "";
        }
        return switch (config.root()) {
            case RootSource.File file -> read(file);
            case RootSource.Inline inline -> inline.pem();
            case RootSource.SystemRoots _ -> "";
        };
    }

    private static String read(RootSource.File file) throws ChannelUnavailable {
        try {
            return Files.readString(file.path());
        } catch (IOException e) {
            throw new ChannelUnavailable("root certificate cannot be read: " + e, e);
        }
    }

    private ManagedChannel build(String pem) throws ChannelUnavailable {
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(config.host(), config.port())
                        .eventLoopGroup(loops.control())
                        .channelFactory(this::socket, InetSocketAddress.class)
                        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                        // Callbacks stay on the control loop; look-ups of names block elsewhere.
                        .directExecutor()
                        .offloadExecutor(loops.blocking())
                        .keepAliveTime(PING_AFTER_SECONDS, TimeUnit.SECONDS)
                        .keepAliveTimeout(PING_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                        .disableRetry();
        if (!config.tls()) {
            return builder.usePlaintext().build();
        }
        return builder.sslContext(tls(pem)).build();
    }

    private SocketChannel socket() {
        SocketChannel socket = loops.transport().newSocket();
        loops.transport().setKeepalive(socket, TCP_KEEPALIVE);
        socket.pipeline().addFirst(FailedConnects.CLOSED);
        return socket;
    }

    private SslContext tls(String pem) throws ChannelUnavailable {
        List<String> accepted = new ArrayList<>(List.of(config.host()));
        config.altHostname().ifPresent(accepted::add);
        ServerNames names = new ServerNames(accepted);
        try {
            IstiodTrust trust =
                    config.root() instanceof RootSource.SystemRoots
                            ? IstiodTrust.underSystemRoots(names)
                            : IstiodTrust.under(TrustBundle.parsePem(pem), names);
            return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .trustManager(trust)
                    // The trust manager checks the names, of which there may be two.
                    .endpointIdentificationAlgorithm(null)
                    .build();
        } catch (IOException | IllegalArgumentException e) {
            throw new ChannelUnavailable("root certificate cannot be used: " + e.getMessage(), e);
        }
    }
}
