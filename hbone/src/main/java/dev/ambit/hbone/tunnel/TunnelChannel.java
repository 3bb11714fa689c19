package dev.ambit.hbone.tunnel;

import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.SliceQueue;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel as a Netty channel, for whoever speaks a protocol inside it. Register it on the stream's
 * loop, at once: it is active from the start.
 *
 * <p>What a pipeline has read is credited to the peer; while reading is off nothing is, and the
 * peer stops when its window is full. Half-closure is an option as for sockets, and {@code
 * SO_LINGER} 0 makes close a reset.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Closing is told by the close future.
public final class TunnelChannel extends AbstractChannel implements DuplexChannel {
    /** How long a peer may keep its half open after we closed ours and stopped listening. */
    private static final long LINGER_SECONDS = 60;

    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private final HboneStream stream;
    private final @Nullable SocketAddress local;
    private final @Nullable SocketAddress remote;
    private final TunnelConfig config = new TunnelConfig(this);
    private final SliceQueue inbound;
    private final Events events = new Events();

    private boolean closed;
    private boolean outputShutdown;
    private boolean inputShutdown;
    private boolean peerEnded;
    private boolean streamOver;
    private boolean readPending;
    private boolean delivered;
    private boolean delivering;

    public TunnelChannel(
            HboneStream stream, @Nullable SocketAddress local, @Nullable SocketAddress remote) {
        super(null);
        this.stream = stream;
        this.local = local;
        this.remote = remote;
        this.inbound = new SliceQueue(config.getAllocator());
    }

    // ---- what the tunnel brings ----

    private final class Events implements HboneStream.Receiver {
        @Override
        public void data(ByteBuf slice) {
            if (closed) {
                discard(slice);
            } else if (readPending && !delivering && inbound.isEmpty()) {
                deliver(slice);
            } else {
                inbound.add(slice);
            }
        }

        @Override
        public void readComplete() {
            completeRead();
        }

        @Override
        public void end() {
            peerEnded = true;
            completeRead();
        }

        @Override
        public void reset(long errorCode) {
            if (!closed) {
                pipeline()
                        .fireExceptionCaught(
                                new IOException(
                                        "Connection reset by peer: " + ErrorCode.name(errorCode)));
                unsafe().close(voidPromise());
            }
        }

        @Override
        public void writableChanged(boolean writable) {
            if (!closed) {
                ((TunnelUnsafe) unsafe()).writeOn();
            }
        }

        @Override
        public void closed(@Nullable Throwable cause) {
            streamOver = true;
            if (closed) {
                return;
            }
            if (cause != null) {
                pipeline().fireExceptionCaught(cause);
                unsafe().close(voidPromise());
            } else {
                completeRead();
            }
        }
    }

    /**
     * Bytes nobody reads any more: whoever still sends them is told, as the kernel would with a
     * closed socket.
     */
    private void discard(ByteBuf slice) {
        slice.release();
        stream.reset(ErrorCode.CANCEL);
    }

    private void deliver(ByteBuf slice) {
        int bytes = slice.readableBytes();
        delivered = true;
        pipeline().fireChannelRead(slice);
        stream.credit(bytes);
    }

    /** Delivers what waits while it is wanted, then tells the ends that have come. */
    private void completeRead() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            while (delivered || (readPending && !inbound.isEmpty())) {
                ByteBuf slice;
                while (readPending && !closed && (slice = inbound.poll()) != null) {
                    deliver(slice);
                }
                delivered = false;
                readPending = false;
                pipeline().fireChannelReadComplete();
            }
        } finally {
            delivering = false;
        }
        tellEnds();
    }

    private void tellEnds() {
        if (closed || !inbound.isEmpty()) {
            return;
        }
        if (peerEnded && !inputShutdown && readPending) {
            inputShutdown = true;
            if (config.halfClosure()) {
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
            } else {
                unsafe().close(voidPromise());
            }
        }
        if (streamOver && inputShutdown && !closed) {
            unsafe().close(voidPromise());
        }
    }

    // ---- Netty's side ----

    @Override
    protected void doRegister(ChannelPromise promise) {
        promise.setSuccess();
        stream.receiver(events);
    }

    @Override
    protected void doBeginRead() {
        readPending = true;
        if (!delivering && (!inbound.isEmpty() || (peerEnded && !inputShutdown))) {
            // Not at once: read() may be called from anywhere, even from within a read.
            stream.loop().execute(this::completeRead);
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        Object message;
        boolean sent = false;
        while ((message = in.current()) != null && stream.writable()) {
            stream.send(((ByteBuf) message).retain());
            in.remove();
            sent = true;
        }
        if (sent) {
            stream.flush();
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException(
                "message: " + StringUtil.simpleClassName(message) + " (expected: ByteBuf)");
    }

    @Override
    protected void doShutdownOutput() {
        outputShutdown = true;
        stream.end();
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        if (closed) {
            return;
        }
        closed = true;
        inbound.release();
        if (config.resetOnClose()) {
            stream.reset(ErrorCode.INTERNAL_ERROR);
            return;
        }
        // What was written still leaves, then END_STREAM. The peer's half need not end: it has a
        // while, and may not send.
        stream.end();
        if (!peerEnded && !streamOver) {
            stream.loop()
                    .schedule(
                            () -> stream.reset(ErrorCode.CANCEL), LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("a tunnel has no address to bind");
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new TunnelUnsafe();
    }

    private final class TunnelUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
            promise.setFailure(
                    new UnsupportedOperationException("a tunnel is connected from the start"));
        }

        void writeOn() {
            flush0();
        }
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop.equals(stream.loop());
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    public TunnelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isActive() {
        return !closed;
    }

    // ---- halves ----

    @Override
    public boolean isInputShutdown() {
        return inputShutdown || closed;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown || closed;
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        inputShutdown = true;
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
        return promise;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        inputShutdown = true;
        return shutdownOutput(promise);
    }
}
