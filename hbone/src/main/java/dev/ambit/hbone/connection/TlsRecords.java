package dev.ambit.hbone.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * TLS once the handshake is over: takes the place of Netty's SslHandler, over the same BoringSSL
 * session. An SSLEngine is called once a record, and each call costs more Java than all else we do
 * with the record; this one seals or opens a whole buffer at a time, and opens it where it lies. On
 * the channel's loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells failures to exceptionCaught.
final class TlsRecords extends ChannelDuplexHandler {
    /** Header (5), content type (1) and tag (16) of RFC 8446 section 5.2; TLS 1.2 needs 29. */
    private static final int OVERHEAD = 32;

    /** What BoringSSL itself wants to say while it reads (alerts) waits here until we fetch it. */
    private static final int OWN_WORDS = 2_048;

    /** Room for what it says before the next bytes we write: its answer to a change of keys. */
    private static final int KEY_UPDATE = 64;

    /** BoringSSL's {@code SSL_ERROR_*}. */
    private static final int WANT_READ = 2;

    private static final int ZERO_RETURN = 6;

    /** As SslHandler: a peer that takes nothing does not keep us from closing. */
    private static final long CLOSE_SECONDS = 3;

    private final ReferenceCountedOpenSslEngine engine;
    private long ssl;
    private long bio;
    private boolean passedOn;
    private boolean closing;

    private TlsRecords(ReferenceCountedOpenSslEngine engine) {
        this.engine = engine;
    }

    /**
     * Puts itself in the handler's place, if its engine is BoringSSL's. Not from inside a call of
     * that handler.
     */
    static void replace(SslHandler handler, ChannelHandlerContext ctx) {
        ChannelHandlerContext at = ctx.pipeline().context(handler);
        if (at != null
                && ctx.channel().isActive()
                && handler.engine() instanceof ReferenceCountedOpenSslEngine engine
                && engine.sslPointer() != 0) {
            ctx.pipeline().flush();
            engine.retain();
            ctx.pipeline().replace(handler, "tls records", new TlsRecords(engine));
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        ssl = engine.sslPointer();
        // The session's own buffer is not to be had; it is empty between calls, and BoringSSL frees
        // it when given another.
        bio = SSL.bioNewByteBuffer(ssl, OWN_WORDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ssl = 0;
        engine.release();
    }

    // ---- out ----

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise)
            throws SSLException {
        ByteBuf plain = (ByteBuf) message;
        if (ssl == 0 || closing) {
            plain.release();
            promise.tryFailure(new SSLException("written after close"));
        } else if (plain.isReadable()) {
            ctx.write(seal(ctx, plain), promise);
        } else {
            ctx.write(plain, promise);
        }
    }

    /** All bytes as records, in one buffer; owns the bytes. */
    private ByteBuf seal(ChannelHandlerContext ctx, ByteBuf plain) throws SSLException {
        ByteBuf in = isNative(plain) ? plain : direct(ctx, plain);
        try {
            return sealed(ctx, in);
        } finally {
            in.release();
        }
    }

    private ByteBuf sealed(ChannelHandlerContext ctx, ByteBuf in) throws SSLException {
        int length = in.readableBytes();
        int records = (length + Outbox.RECORD - 1) / Outbox.RECORD;
        int room = length + records * OVERHEAD + KEY_UPDATE;
        ByteBuf out = ctx.alloc().directBuffer(room, room);
        try {
            long from = address(in) + in.readerIndex();
            SSL.clearError();
            SSL.bioSetByteBuffer(bio, address(out), room, true);
            int sealed = 0;
            while (sealed < length) {
                int bytes = SSL.writeToSSL(ssl, from + sealed, length - sealed);
                if (bytes <= 0) {
                    throw failure("write", SSL.getError(ssl, bytes));
                }
                sealed += bytes;
            }
            out.writerIndex(room - SSL.bioLengthByteBuffer(bio));
            return out.retain();
        } finally {
            SSL.bioClearByteBuffer(bio);
            out.release();
        }
    }

    /** What BoringSSL wrote by itself while it read. */
    private void passOwnWords(ChannelHandlerContext ctx) {
        int length = SSL.bioLengthNonApplication(bio);
        if (length > 0) {
            ByteBuf out = ctx.alloc().directBuffer(length, length);
            SSL.bioSetByteBuffer(bio, address(out), length, true);
            out.writerIndex(SSL.bioFlushByteBuffer(bio));
            SSL.bioClearByteBuffer(bio);
            ctx.writeAndFlush(out, ctx.voidPromise());
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (closing || ssl == 0 || !ctx.channel().isActive()) {
            ctx.close(promise);
            return;
        }
        closing = true;
        SSL.clearError();
        SSL.shutdownSSL(ssl);
        passOwnWords(ctx);
        // Closing drops what is not yet written; so it waits, but not for ever.
        ChannelFuture written = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (written.isDone()) {
            ctx.close(promise);
        } else {
            Future<?> patience =
                    ctx.executor().schedule(() -> ctx.close(), CLOSE_SECONDS, TimeUnit.SECONDS);
            written.addListener(
                    done -> {
                        patience.cancel(false);
                        ctx.close(promise);
                    });
        }
    }

    // ---- in ----

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (ssl == 0 || closing) {
            in.release();
            return;
        }
        try {
            open(ctx, isNative(in) ? in : direct(ctx, in));
        } catch (SSLException failed) {
            ctx.fireExceptionCaught(failed);
        }
    }

    /**
     * Opens the records that are complete; BoringSSL keeps the beginning of another. A record's
     * ciphertext has been taken out before its plaintext is put down, and is longer: so plaintext
     * may be put where ciphertext lay, except that of the first record, of which part may have come
     * in the buffer before. Nothing is handed on before all is opened: who gets it may write, and
     * there is one buffer between BoringSSL and us.
     */
    private void open(ChannelHandlerContext ctx, ByteBuf in) throws SSLException {
        int start = in.readerIndex();
        int length = in.readableBytes();
        long at = address(in) + start;
        ByteBuf first = roomForFirst(ctx, in);
        SSL.clearError();
        SSL.bioSetByteBuffer(bio, at, length, false);
        int bytes = openFirst(first);
        int opened = 0;
        while (bytes > 0 && opened < length) {
            bytes = SSL.readFromSSL(ssl, at + opened, length - opened);
            opened += Math.max(bytes, 0);
        }
        int end = bytes > 0 ? WANT_READ : SSL.getError(ssl, bytes);
        SSL.bioClearByteBuffer(bio);
        SSLException broken = end == WANT_READ || end == ZERO_RETURN ? null : failure("read", end);
        passOn(ctx, first);
        passOn(ctx, in.setIndex(start, start + opened));
        if (ssl != 0) {
            passOwnWords(ctx);
        }
        if (broken != null) {
            throw broken;
        }
        if (end == ZERO_RETURN) {
            close(ctx, ctx.newPromise());
        }
    }

    private static ByteBuf roomForFirst(ChannelHandlerContext ctx, ByteBuf in) {
        try {
            return ctx.alloc().directBuffer(Math.min(in.readableBytes(), Outbox.RECORD));
        } catch (OutOfMemoryError refused) {
            in.release();
            throw refused;
        }
    }

    /** Opens one whole record into a buffer of its own. */
    private int openFirst(ByteBuf out) {
        int bytes = SSL.readFromSSL(ssl, address(out), out.capacity());
        if (bytes > 0) {
            out.writerIndex(bytes);
            int more = SSL.sslPending(ssl);
            if (more > 0) {
                out.ensureWritable(more);
                SSL.readFromSSL(ssl, address(out) + bytes, more);
                out.writerIndex(bytes + more);
            }
        }
        return bytes;
    }

    private void passOn(ChannelHandlerContext ctx, ByteBuf plain) {
        if (plain.isReadable()) {
            passedOn = true;
            ctx.fireChannelRead(plain);
        } else {
            plain.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!passedOn && !ctx.channel().config().isAutoRead()) {
            // Half a record is nothing to those who asked.
            ctx.read();
        }
        passedOn = false;
        ctx.fireChannelReadComplete();
    }

    // ---- both ----

    /** Composite buffers lie in several places. */
    private static boolean isNative(ByteBuf buffer) {
        return buffer.hasMemoryAddress() || (buffer.isDirect() && buffer.nioBufferCount() == 1);
    }

    private static long address(ByteBuf buffer) {
        return buffer.hasMemoryAddress()
                ? buffer.memoryAddress()
                : Buffer.address(buffer.internalNioBuffer(0, 1));
    }

    private static ByteBuf direct(ChannelHandlerContext ctx, ByteBuf any) {
        try {
            return ctx.alloc().directBuffer(any.readableBytes()).writeBytes(any);
        } finally {
            any.release();
        }
    }

    private static SSLException failure(String doing, int error) {
        int last = SSL.getLastErrorNumber();
        String text = last == 0 ? "SSL error " + error : SSL.getErrorString(last);
        SSL.clearError();
        return new SSLException("TLS " + doing + ": " + text);
    }
}
