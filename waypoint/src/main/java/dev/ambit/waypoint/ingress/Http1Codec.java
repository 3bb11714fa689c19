package dev.ambit.waypoint.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 of the client's side: Netty's codec, made to refuse what another parser might read
 * differently (RFC 9112 sections 2.2, 5.2, 6.1, 11.2) and heads that do not come to their end.
 */
final class Http1Codec
        extends CombinedChannelDuplexHandler<Http1Codec.Decoder, Http1Codec.Encoder> {

    /** Fired once if a head took too long. */
    record HeaderTimeout() {}

    Http1Codec(IngressLimits limits) {
        super(new Decoder(limits), new Encoder());
    }

    /** Told by the exchange: the next answer belongs to a HEAD request. */
    void nextAnswerHasNoBody(boolean head) {
        outboundHandler().headOnly = head;
    }

    static final class Decoder extends HttpRequestDecoder {
        private final IngressLimits limits;
        private @Nullable Future<?> timer;
        private boolean inBody;
        private boolean headBegun;
        private boolean bad;

        Decoder(IngressLimits limits) {
            super(
                    new HttpDecoderConfig()
                            .setMaxInitialLineLength(limits.headerBytes())
                            .setMaxHeaderSize(limits.headerBytes())
                            .setMaxChunkSize(256 * 1024)
                            .setAllowDuplicateContentLengths(false)
                            .setStrictLineParsing(true)
                            .setUseRfc9112TransferEncoding(true));
            this.limits = limits;
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
                throws Exception {
            if (bad) {
                in.skipBytes(in.readableBytes());
                return;
            }
            if (!inBody && foldsLine(in)) {
                refuse(in, out);
                return;
            }
            int before = out.size();
            super.decode(ctx, in, out);
            for (int i = before; i < out.size(); i++) {
                Object part = out.get(i);
                if (part instanceof HttpRequest) {
                    inBody = true;
                    headComplete();
                }
                if (part instanceof LastHttpContent) {
                    inBody = false;
                }
            }
            if (!inBody && in.isReadable() && timer == null) {
                timer =
                        ctx.executor()
                                .schedule(
                                        () -> {
                                            ctx.fireUserEventTriggered(new HeaderTimeout());
                                        },
                                        limits.headerTimeout().toMillis(),
                                        TimeUnit.MILLISECONDS);
            }
        }

        private void refuse(ByteBuf in, List<Object> out) {
            bad = true;
            headComplete();
            in.skipBytes(in.readableBytes());
            HttpMessage message = createInvalidMessage();
            message.setDecoderResult(
                    DecoderResult.failure(new IllegalArgumentException("obs-fold")));
            out.add(message);
        }

        private void headComplete() {
            headBegun = false;
            if (timer != null) {
                timer.cancel(false);
                timer = null;
            }
        }

        /**
         * Netty joins a folded line to the one before it; a proxy had better refuse it. A line feed
         * followed by a space or a tab before the empty line is one.
         */
        private boolean foldsLine(ByteBuf in) {
            int from = in.readerIndex();
            int end = in.writerIndex();
            while (!headBegun && from < end && isLineEnd(in.getByte(from))) {
                from++;
            }
            headBegun |= from < end;
            if (from < end && isBlank(in.getByte(from))) {
                return true;
            }
            int at = from;
            while ((at = in.indexOf(at, end, (byte) '\n')) >= 0 && at + 1 < end) {
                byte next = in.getByte(++at);
                if (isBlank(next)) {
                    return true;
                }
                if (isLineEnd(next)) {
                    return false;
                }
            }
            return false;
        }

        private static boolean isLineEnd(byte b) {
            return b == '\r' || b == '\n';
        }

        private static boolean isBlank(byte b) {
            return b == ' ' || b == '\t';
        }

        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
            throw new IllegalArgumentException("content-length and transfer-encoding");
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
            headComplete();
            super.handlerRemoved0(ctx);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            headComplete();
            super.channelInactive(ctx);
        }
    }

    static final class Encoder extends HttpResponseEncoder {
        private boolean headOnly;

        @Override
        protected boolean isContentAlwaysEmpty(HttpResponse response) {
            return headOnly || super.isContentAlwaysEmpty(response);
        }
    }
}
