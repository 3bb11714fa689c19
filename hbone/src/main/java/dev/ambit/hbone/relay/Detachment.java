package dev.ambit.hbone.relay;

import dev.ambit.hbone.HboneChannels;
import dev.ambit.hbone.SliceQueue;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.linux.SystemCallException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.UnixChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes two sockets out of their loop without their peers noticing. First both are deregistered, so
 * that the kernel reports no event of them any more; until that is done the relay works as always,
 * and may even end. Then what is read but not written is collected, the descriptors are duplicated,
 * and the channels are closed: a close that is not the last one of a socket sends nothing.
 */
final class Detachment {
    private static final int EBADF = 9;

    private final Relay relay;
    private final SocketLeg first;
    private final SocketLeg second;
    private final Consumer<@Nullable Detached> then;
    private final EventLoop loop;
    private int waiting = 2;

    private Detachment(
            Relay relay, SocketLeg first, SocketLeg second, Consumer<@Nullable Detached> then) {
        this.relay = relay;
        this.first = first;
        this.second = second;
        this.then = then;
        this.loop = first.channel().eventLoop();
    }

    static boolean possible(Leg leg) {
        return leg instanceof SocketLeg socket && socket.channel() instanceof UnixChannel;
    }

    static void begin(
            Relay relay, SocketLeg first, SocketLeg second, Consumer<@Nullable Detached> then) {
        Detachment detachment = new Detachment(relay, first, second, then);
        first.park();
        second.park();
        detachment.deregister(first.channel());
        detachment.deregister(second.channel());
    }

    private void deregister(DuplexChannel channel) {
        channel.deregister()
                .addListener(
                        done -> {
                            if (--waiting == 0) {
                                take();
                            }
                        });
    }

    private void take() {
        if (relay.isOver()) {
            then.accept(null);
            return;
        }
        int one = -1;
        int other = -1;
        try {
            one = duplicate(first.channel());
            other = duplicate(second.channel());
        } catch (SystemCallException noDescriptor) {
            if (one >= 0) {
                Descriptors.close(one);
            }
            putBack(first);
            putBack(second);
            then.accept(null);
            return;
        }
        Detached.Half left = first.half(one);
        Detached.Half right = second.half(other);
        relay.left();
        first.leave();
        second.leave();
        then.accept(new Detached(left, right, relay.firstToSecond(), relay.secondToFirst()));
    }

    /** It stays: one side has just finished for good, or there are no descriptors left. */
    private void putBack(SocketLeg leg) {
        DuplexChannel channel = leg.channel();
        if (!channel.isOpen()) {
            leg.unpark();
            return;
        }
        boolean reading = channel.config().isAutoRead();
        Boolean halfClosure = channel.config().getOption(ChannelOption.ALLOW_HALF_CLOSURE);
        HboneChannels.relayed(channel);
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, halfClosure);
        channel.config().setAutoRead(reading);
        loop.register(channel)
                .addListener(
                        done -> {
                            if (done.isSuccess()) {
                                leg.unpark();
                            } else {
                                leg.exception(done.cause());
                            }
                        });
    }

    private static int duplicate(DuplexChannel channel) {
        // The number of a closed one may be another file's by now.
        if (!channel.isOpen()) {
            throw new SystemCallException("duplicate", EBADF, "closed");
        }
        return Descriptors.duplicate(((UnixChannel) channel).fd().intValue());
    }

    /** What was brought and not yet written, in order: the channel's, then its leg's. */
    static byte[] unwritten(
            DuplexChannel channel, @Nullable ByteBuf held, @Nullable SliceQueue backlog) {
        ByteBuf all = copyOf(channel);
        if (held != null) {
            all.writeBytes(held, held.readerIndex(), held.readableBytes());
        }
        ByteBuf slice;
        while (backlog != null && (slice = backlog.poll()) != null) {
            all.writeBytes(slice);
            slice.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes).release();
        return bytes;
    }

    private static ByteBuf copyOf(DuplexChannel channel) {
        ByteBuf all = Unpooled.buffer();
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer == null) {
            return all;
        }
        buffer.addFlush();
        try {
            buffer.forEachFlushedMessage(
                    message -> {
                        ByteBuf bytes = (ByteBuf) message;
                        all.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
                        return true;
                    });
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        return all;
    }
}
