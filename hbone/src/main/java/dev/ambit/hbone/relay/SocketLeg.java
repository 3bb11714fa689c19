package dev.ambit.hbone.relay;

import dev.ambit.hbone.SliceQueue;
import dev.ambit.hbone.relay.RelayEnd.Side;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/** A socket's side: the last handler of its pipeline. */
@SuppressWarnings("FutureReturnValueIgnored") // The channel's events tell what its futures would.
final class SocketLeg extends ChannelInboundHandlerAdapter implements Leg {
    private final Relay relay;
    private final Side side;
    private final DuplexChannel channel;

    /**
     * The newest bytes: they wait for flush, so that the last write of a batch carries the promise.
     */
    private @Nullable ByteBuf held;

    private int unflushed;
    private int inFlight;
    private @Nullable SliceQueue backlog;
    private boolean ending;
    private boolean outputClosed;
    private boolean inputEnded;
    private boolean done;

    /** On its way out of this loop: what comes is kept, nothing is written, asked or ended. */
    private boolean parked;

    /** Who has the socket now; null while it is the channel's. */
    private @Nullable Plug plug;

    SocketLeg(Relay relay, Side side, DuplexChannel channel) {
        this.relay = relay;
        this.side = side;
        this.channel = channel;
    }

    @Override
    public void start() {
        // If this process is killed, the kernel closes its sockets: by a reset, lest an application
        // take half of a stream for the whole. Orderly ends take this back.
        linger(0);
        EarlyBytes early = channel.pipeline().get(EarlyBytes.class);
        if (early == null) {
            channel.pipeline().addLast(this);
        } else {
            SliceQueue bytes = early.take();
            channel.pipeline().replace(early, null, this);
            replay(early, bytes);
        }
        if (!done) {
            if (!channel.isActive()) {
                relay.broken(side, null);
            } else if (!inputEnded) {
                channel.config().setAutoRead(true);
            }
        }
    }

    private void replay(EarlyBytes early, @Nullable SliceQueue bytes) {
        if (bytes != null) {
            ByteBuf slice;
            while ((slice = bytes.poll()) != null) {
                relay.brought(side, slice);
            }
            relay.broughtAll(side);
        }
        Throwable failure = early.failure();
        if (failure != null) {
            exception(failure);
        } else if (early.ended()) {
            inputEnd();
        }
    }

    // ---- from the other side to the socket ----

    @Override
    public void send(ByteBuf bytes) {
        SliceQueue queue = backlog;
        if (outputClosed || done) {
            bytes.release();
        } else if (queue != null && !queue.isEmpty()) {
            queue.add(bytes);
        } else if (channel.isWritable() && !parked) {
            hold(bytes);
        } else {
            if (queue == null) {
                queue = new SliceQueue(channel.alloc());
                backlog = queue;
            }
            queue.add(bytes);
        }
    }

    private void hold(ByteBuf bytes) {
        ByteBuf before = held;
        held = bytes;
        unflushed += bytes.readableBytes();
        if (before != null) {
            channel.write(before, channel.voidPromise());
        }
    }

    @Override
    public void flush() {
        ByteBuf last = held;
        if (last == null || parked) {
            return;
        }
        held = null;
        int bytes = unflushed;
        unflushed = 0;
        inFlight += bytes;
        ChannelPromise promise = channel.newPromise();
        channel.writeAndFlush(last, promise);
        if (promise.isDone()) {
            written(promise, bytes);
        } else {
            promise.addListener((ChannelFuture future) -> written(future, bytes));
        }
    }

    private void written(ChannelFuture write, int bytes) {
        inFlight -= bytes;
        if (write.isSuccess()) {
            relay.written(side, bytes);
            closeOutputIfWritten();
        } else if (!done) {
            exception(write.cause());
        }
    }

    @Override
    public boolean writable() {
        return channel.isWritable() && (backlog == null || backlog.isEmpty());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable() && !done && !parked) {
            SliceQueue queue = backlog;
            if (queue != null) {
                drain(queue);
            }
            closeOutputIfWritten();
            if (writable()) {
                relay.resume(side);
            }
        }
    }

    private void drain(SliceQueue queue) {
        ByteBuf slice;
        while (channel.isWritable() && (slice = queue.poll()) != null) {
            hold(slice);
        }
        flush();
    }

    @Override
    public void endOutput() {
        ending = true;
        flush();
        closeOutputIfWritten();
    }

    private void closeOutputIfWritten() {
        boolean written = inFlight == 0 && held == null && (backlog == null || backlog.isEmpty());
        if (ending && !outputClosed && written && !done && !parked) {
            outputClosed = true;
            if (inputEnded) {
                close();
            } else {
                // What was written has to arrive, though the channel closes by itself later.
                linger(-1);
                HalfClose.output(channel);
            }
            relay.outputClosed(side);
        }
    }

    /**
     * Both halves are over. Waiting for the other side with it would only make the kernel report
     * that, again and again.
     */
    private void close() {
        done = true;
        linger(-1);
        channel.close();
    }

    private void linger(int seconds) {
        HalfClose.linger(channel, seconds);
    }

    @Override
    public void abort() {
        drop();
        linger(0);
        channel.close();
    }

    @Override
    public void finish() {
        drop();
        linger(-1);
        channel.close();
    }

    /** Closes the channel of a socket that lives on: by a reset, should nobody take it over. */
    void leave() {
        drop();
        channel.close();
    }

    private void drop() {
        done = true;
        ByteBuf last = held;
        held = null;
        if (last != null) {
            last.release();
        }
        SliceQueue queue = backlog;
        backlog = null;
        if (queue != null) {
            queue.release();
        }
    }

    // ---- to another process ----

    DuplexChannel channel() {
        return channel;
    }

    void park() {
        parked = true;
    }

    /** It stays after all, registered again if it is still open. */
    void unpark() {
        parked = false;
        if (done || !channel.isOpen()) {
            return;
        }
        channel.flush();
        SliceQueue queue = backlog;
        if (queue != null) {
            drain(queue);
        }
        flush();
        closeOutputIfWritten();
        if (writable()) {
            relay.resume(side);
        }
    }

    /** Its part of a detached relay. */
    Detached.Half half(int descriptor) {
        SliceQueue queue = backlog;
        backlog = null;
        return new Detached.Half(
                descriptor, Detachment.unwritten(channel, held, queue), outputClosed);
    }

    /** Its output was ended before it came here. */
    void outputWasClosed() {
        ending = true;
        outputClosed = true;
    }

    /** What {@link HalfClose} arranges; not before the bytes are safe that came early. */
    void closeAtInputEnd() {
        if (outputClosed && !done && channel.isOpen()) {
            linger(-1);
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        }
    }

    // ---- to a spliced relay ----

    /** Whether neither direction is at its end, or about to be. */
    boolean isWhole() {
        return !done && !ending && !inputEnded;
    }

    /** Whether all bytes of the other side are written and neither direction is at its end. */
    boolean isQuiet() {
        return isWhole()
                && !parked
                && inFlight == 0
                && held == null
                && (backlog == null || backlog.isEmpty())
                && channel.isActive();
    }

    /**
     * Leaves the socket to its plug. What the channel has under way still comes through it, until
     * the future completes.
     */
    ChannelFuture letGo(Plug taker) {
        plug = taker;
        done = true;
        channel.attr(Relay.TAKEN).set(taker.closed());
        return channel.close();
    }

    // ---- from the socket to the other side ----

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Plug taker = plug;
        if (taker == null) {
            relay.brought(side, (ByteBuf) message);
        } else {
            relay.count(side, ((ByteBuf) message).readableBytes());
            taker.addEarly((ByteBuf) message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        relay.broughtAll(side);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnd();
        }
    }

    private void inputEnd() {
        if (!inputEnded && plug == null) {
            inputEnded = true;
            if (outputClosed) {
                close();
            }
            relay.ended(side);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        exception(cause);
    }

    /** How applications hang up is a reset; anything else has a name. */
    void exception(Throwable cause) {
        relay.broken(side, SocketErrors.isReset(cause) ? null : cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (outputClosed) {
            // As HalfClose arranged it; a reset would have come as an exception before.
            inputEnd();
        } else if (!done) {
            relay.broken(side, null);
        }
    }

    @Override
    public void reading(boolean wanted) {
        if (parked) {
            return;
        }
        channel.config().setAutoRead(wanted);
    }

    @Override
    public void passedOn(int bytes) {
        // The kernel's buffers hold a peer back, and reading stops when the other side is full.
    }
}
