package dev.ambit.hbone.relay;

import dev.ambit.hbone.relay.RelayEnd.Side;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.net.SocketWatch;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.util.concurrent.TimeUnit;

/**
 * Takes two sockets from their channels once all that was read is written, and hands them to {@link
 * Spliced}. The socket lives on by a second descriptor, so the channel can close in its own way and
 * its peer notices nothing. Where that does not work the relay goes on as it was. On its loop.
 */
final class Handover {
    /** Bytes a relay has moved before it pays; small and idle connections never get here. */
    static final long BULK = 1 << 20;

    /** How long neither side is read, for the sake of what is under way. */
    private static final int PATIENCE_MILLIS = 20;

    private final Relay relay;
    private final EventLoop loop;
    private final SocketLeg first;
    private final SocketLeg second;
    private boolean going;

    Handover(Relay relay, EventLoop loop, SocketLeg first, SocketLeg second) {
        this.relay = relay;
        this.loop = loop;
        this.first = first;
        this.second = second;
    }

    static boolean isPossible(EventLoop loop, SocketLeg first, SocketLeg second) {
        return isPlain(first)
                && isPlain(second)
                && first.isWhole()
                && second.isWhole()
                && SocketWatch.isPossible(loop);
    }

    /** Whether it is a socket of the kernel with nothing between it and its leg. */
    private static boolean isPlain(SocketLeg leg) {
        return leg.channel() instanceof UnixChannel
                && leg.channel() instanceof SocketChannel
                && leg.channel().pipeline().first() == leg;
    }

    private static Plug plug(Side side, SocketLeg leg) {
        int fd = ((UnixChannel) leg.channel()).fd().intValue();
        return new Plug(
                side, Descriptors.duplicate(fd), leg.channel().eventLoop(), leg.channel().alloc());
    }

    /** Stops reading; what is under way is written first. */
    void begin() {
        first.reading(false);
        second.reading(false);
        loop.schedule(this::giveUp, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A peer may not read before it has written what nobody takes from it meanwhile. */
    private void giveUp() {
        if (relay.isHandedOverBy(this)) {
            relay.notYetSpliced();
        }
    }

    /** Something was written. */
    void attempt() {
        if (!going && first.isQuiet() && second.isQuiet()) {
            going = true;
            // Not from inside a channel's own callback.
            loop.execute(this::go);
        }
    }

    private void go() {
        going = false;
        if (!relay.isHandedOverBy(this) || !first.isQuiet() || !second.isQuiet()) {
            return;
        }
        Pipes pipes = Pipes.ofLoop();
        if (!pipes.enter()) {
            relay.notSpliced();
            return;
        }
        Plug one;
        try {
            one = plug(Side.FIRST, first);
        } catch (SystemCallException noDescriptors) {
            pipes.leave();
            relay.notSpliced();
            return;
        }
        Plug other;
        try {
            other = plug(Side.SECOND, second);
        } catch (SystemCallException noDescriptors) {
            one.finish();
            pipes.leave();
            relay.notSpliced();
            return;
        }
        Spliced spliced = new Spliced(relay, loop, one, other);
        relay.splicedBy(spliced);
        ChannelFuture firstGone = first.letGo(one);
        ChannelFuture secondGone = second.letGo(other);
        firstGone.addListener(
                gone -> secondGone.addListener(alsoGone -> loop.execute(spliced::start)));
    }
}
