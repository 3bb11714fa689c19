package dev.ambit.hbone.connection;

import dev.ambit.hbone.HboneChannels;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.tls.NegotiatedGroup;
import dev.ambit.identity.tls.PeerIdentity;
import dev.ambit.identity.tls.PeerRevoked;
import dev.ambit.identity.tls.PeerVerdict;
import dev.ambit.runtime.log.Log;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLSession;

/**
 * The step between TCP and HTTP/2: waits for the handshake, judges who the peer is, and only then
 * puts the connection in its own place. No byte of the peer is looked at before.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells failures to exceptionCaught.
public final class TlsStep extends ChannelInboundHandlerAdapter {
    private static final Log LOG = Log.get("tls");

    /** What the owner of the channel does with the outcome; one of the two is called, once. */
    public interface Outcome {
        /** TLS is there, after so long; who the peer is remains to be judged. */
        void handshaken(long nanos);

        /** The peer is who it should be. Returns the connection that takes over. */
        HboneConnection trusted(PeerIdentity peer, SSLSession session);

        /** The handshake is over, by that key exchange; before {@link #trusted}. */
        void established(Role role, String group);

        /** The handshake failed or the peer is somebody else; the channel is closing. */
        void failed(Failure failure, String reason);
    }

    /** What failed. */
    public enum Failure {
        TIMEOUT,
        TLS,
        IDENTITY,
        /** The peer's certificate is on a revocation list. */
        REVOKED
    }

    private final SslHandler tls;
    private final Function<SSLSession, PeerVerdict> judge;
    private final Outcome outcome;
    private boolean done;
    private long startNanos;

    private TlsStep(SslHandler tls, Function<SSLSession, PeerVerdict> judge, Outcome outcome) {
        this.tls = tls;
        this.judge = judge;
        this.outcome = outcome;
    }

    /** Puts TLS and this step into the channel's pipeline. */
    public static void add(
            Channel channel,
            SslContext context,
            HboneSettings settings,
            Function<SSLSession, PeerVerdict> judge,
            Outcome outcome) {
        SslHandler tls = context.newHandler(channel.alloc());
        tls.setHandshakeTimeoutMillis(settings.handshakeTimeout().toMillis());
        // Whole buffers are wrapped as they come; the default cuts and copies them to single
        // records.
        tls.setWrapDataSize(0);
        channel.pipeline().addLast(tls, new TlsStep(tls, judge, outcome));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        startNanos = System.nanoTime();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        startNanos = System.nanoTime();
        ctx.fireChannelActive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            if (completion.isSuccess()) {
                outcome.handshaken(System.nanoTime() - startNanos);
                judge(ctx);
            } else {
                handshakeFailed(ctx, completion.cause());
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void judge(ChannelHandlerContext ctx) {
        if (!"h2".equals(tls.applicationProtocol())) {
            fail(ctx, Failure.TLS, "peer did not agree on HTTP/2 (ALPN h2)");
            return;
        }
        SSLSession session = tls.engine().getSession();
        switch (judge.apply(session)) {
            case PeerVerdict.Trusted trusted -> {
                done = true;
                established(ctx, trusted.peer(), session);
                HboneConnection connection = outcome.trusted(trusted.peer(), session);
                ctx.pipeline().replace(this, "hbone", connection);
                // We are inside a call of the handler that is to go.
                ctx.executor().execute(() -> TlsRecords.replace(tls, ctx));
            }
            case PeerVerdict.Rejected rejected -> fail(ctx, Failure.IDENTITY, rejected.reason());
        }
    }

    private void established(ChannelHandlerContext ctx, PeerIdentity peer, SSLSession session) {
        String group = NegotiatedGroup.of(tls.engine());
        Role role = tls.engine().getUseClientMode() ? Role.CLIENT : Role.SERVER;
        outcome.established(role, group);
        ctx.channel().attr(HboneChannels.TLS_GROUP).set(group);
        if (LOG.debugEnabled()) {
            LOG.debug(
                    "connection secured",
                    "peer",
                    ctx.channel().remoteAddress(),
                    "identity",
                    peer.id().uri(),
                    "tls_group",
                    group,
                    "tls_version",
                    session.getProtocol());
        }
    }

    private void handshakeFailed(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof SslHandshakeTimeoutException) {
            fail(ctx, Failure.TIMEOUT, "no handshake in time");
        } else if (PeerRevoked.isCauseOf(cause)) {
            fail(ctx, Failure.REVOKED, String.valueOf(PeerRevoked.reason(cause)));
        } else {
            String message = cause.getMessage();
            fail(
                    ctx,
                    Failure.TLS,
                    message == null ? "connection closed during the handshake" : message);
        }
    }

    private void fail(ChannelHandlerContext ctx, Failure failure, String reason) {
        if (!done) {
            done = true;
            outcome.failed(failure, reason);
        }
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(ctx, Failure.TLS, "connection closed during the handshake");
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, Failure.TLS, String.valueOf(cause.getMessage()));
    }
}
