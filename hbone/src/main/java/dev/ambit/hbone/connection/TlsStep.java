package dev.ambit.hbone.connection;

import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.tls.PeerIdentity;
import dev.ambit.identity.tls.PeerVerdict;
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
    /** What the owner of the channel does with the outcome; one of the two is called, once. */
    public interface Outcome {
        /** The peer is who it should be. Returns the connection that takes over. */
        HboneConnection trusted(PeerIdentity peer, SSLSession session);

        /** The handshake failed or the peer is somebody else; the channel is closing. */
        void failed(Failure failure, String reason);
    }

    /** What failed. */
    public enum Failure {
        TIMEOUT,
        TLS,
        IDENTITY
    }

    private final SslHandler tls;
    private final Function<SSLSession, PeerVerdict> judge;
    private final Outcome outcome;
    private boolean done;

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
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            if (completion.isSuccess()) {
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
                HboneConnection connection = outcome.trusted(trusted.peer(), session);
                ctx.pipeline().replace(this, "hbone", connection);
                // We are inside a call of the handler that is to go.
                ctx.executor().execute(() -> TlsRecords.replace(tls, ctx));
            }
            case PeerVerdict.Rejected rejected -> fail(ctx, Failure.IDENTITY, rejected.reason());
        }
    }

    private void handshakeFailed(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof SslHandshakeTimeoutException) {
            fail(ctx, Failure.TIMEOUT, "no handshake in time");
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
