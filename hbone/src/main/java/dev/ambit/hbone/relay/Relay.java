package dev.ambit.hbone.relay;

import dev.ambit.hbone.HboneChannels;
import dev.ambit.hbone.HboneStream;
import dev.ambit.hbone.relay.RelayEnd.Side;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Couples two sides: bytes both ways with backpressure, half-close, resets, counts. Both sides live
 * on one event loop. Ends exactly once and then tells its observer.
 *
 * <p>Sockets come through {@link #prepare} when they are made, and with nothing in their pipelines
 * that still wants bytes.
 */
public final class Relay {
    /** On a channel whose socket was taken: completes when the socket is closed. */
    static final AttributeKey<Future<Void>> TAKEN = AttributeKey.valueOf(Relay.class, "taken");

    private static final VarHandle FIRST;
    private static final VarHandle SECOND;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            FIRST = lookup.findVarHandle(Relay.class, "firstToSecond", long.class);
            SECOND = lookup.findVarHandle(Relay.class, "secondToFirst", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final EventLoop loop;
    private final RelayObserver observer;

    // Set once, before the relay starts.
    @SuppressWarnings("NullAway.Init")
    private Leg first;

    @SuppressWarnings("NullAway.Init")
    private Leg second;

    // Written by the loop, read by metrics of any thread: opaque, which costs nothing.
    private long firstToSecond;
    private long secondToFirst;

    private boolean firstDone;
    private boolean secondDone;
    private boolean over;

    /** Two plain sockets: may be spliced once they have moved {@code bulk}. */
    private boolean plain;

    private long bulk = Handover.BULK;
    private boolean stays;
    private @Nullable Handover handover;
    private @Nullable Spliced spliced;

    private Relay(EventLoop loop, RelayObserver observer) {
        this.loop = loop;
        this.observer = observer;
    }

    /**
     * Sets the options a relayed socket needs: reading off, half-closure, read buffers with
     * headroom, pooled memory, water marks. Bytes and ends that arrive before the relay starts are
     * kept for it.
     */
    public static void prepare(Channel socket) {
        HboneChannels.relayed(socket);
        socket.pipeline().addLast(EarlyBytes.NAME, new EarlyBytes());
    }

    /** Couples a tunnel (first) and a socket (second). On their loop. */
    public static Relay tunnel(HboneStream stream, DuplexChannel socket, RelayObserver observer) {
        Relay relay = new Relay(stream.loop(), observer);
        relay.first = new TunnelLeg(relay, stream);
        relay.second = new SocketLeg(relay, Side.SECOND, socket);
        relay.start();
        return relay;
    }

    /** Couples two sockets; a {@code TunnelChannel} is one too. On their loop. */
    public static Relay sockets(DuplexChannel first, DuplexChannel second, RelayObserver observer) {
        Relay relay = new Relay(first.eventLoop(), observer);
        relay.first = new SocketLeg(relay, Side.FIRST, first);
        relay.second = new SocketLeg(relay, Side.SECOND, second);
        relay.start();
        return relay;
    }

    /**
     * Couples two sockets of the kernel with nothing in between that wants to see their bytes. Once
     * they have moved much, the relay takes them from their channels, which close then, and lets
     * the kernel move the bytes. On their loop.
     */
    public static Relay plain(DuplexChannel first, DuplexChannel second, RelayObserver observer) {
        Relay relay = new Relay(first.eventLoop(), observer);
        SocketLeg one = new SocketLeg(relay, Side.FIRST, first);
        SocketLeg other = new SocketLeg(relay, Side.SECOND, second);
        relay.first = one;
        relay.second = other;
        relay.start();
        relay.plain = Handover.isPossible(relay.loop, one, other);
        return relay;
    }

    /**
     * Runs the action when the socket is closed, which may be later than its channel: see {@link
     * #plain}.
     */
    public static void whenClosed(Channel socket, Runnable action) {
        socket.closeFuture()
                .addListener(
                        closed -> {
                            Future<Void> taken = socket.attr(TAKEN).get();
                            if (taken == null) {
                                action.run();
                            } else {
                                taken.addListener(finished -> action.run());
                            }
                        });
    }

    /**
     * Goes on with a relay that was detached, here or in another process: what it had not yet
     * written goes first. The sockets are prepared and on their loop.
     */
    public static Relay adopt(
            Detached was, DuplexChannel first, DuplexChannel second, RelayObserver observer) {
        Relay relay = new Relay(first.eventLoop(), observer);
        FIRST.setOpaque(relay, was.firstToSecond());
        SECOND.setOpaque(relay, was.secondToFirst());
        SocketLeg one = new SocketLeg(relay, Side.FIRST, first);
        SocketLeg other = new SocketLeg(relay, Side.SECOND, second);
        relay.first = one;
        relay.second = other;
        if (!first.isActive()) {
            relay.broken(Side.FIRST, null);
        } else if (!second.isActive()) {
            relay.broken(Side.SECOND, null);
        } else {
            relay.begin(one, was.first());
            relay.begin(other, was.second());
            relay.start();
            relay.holdBack();
            one.closeAtInputEnd();
            other.closeAtInputEnd();
            relay.plain = Handover.isPossible(relay.loop, one, other);
        }
        return relay;
    }

    /** It is more than one connection to this process, so it cannot be {@link #detach}ed. */
    public Relay staying() {
        stays = true;
        return this;
    }

    /** Whether {@link #detach} can work: two sockets, and a transport that shows descriptors. */
    public boolean detachable() {
        return !over && !stays && Detachment.possible(first) && Detachment.possible(second);
    }

    /**
     * Takes both sockets out of this process's hands, alive, with what is not yet written. The
     * observer hears nothing more. Gives null where the relay ended meanwhile, which the observer
     * has heard, or where it cannot be detached and goes on. On the loop, and so is the answer.
     */
    public void detach(Room room, Consumer<@Nullable Detached> then) {
        assert loop.inEventLoop();
        // Too late to begin with it.
        plain = false;
        if (handover != null) {
            notSpliced();
        }
        if (!over && spliced != null) {
            spliced.detach(room, then);
        } else if (!over && first instanceof SocketLeg one && second instanceof SocketLeg other) {
            Detachment.begin(this, one, other, then);
        } else {
            then.accept(null);
        }
    }

    boolean isOver() {
        return over;
    }

    /** It goes on elsewhere: nothing that happens here counts any more. */
    void left() {
        over = true;
    }

    private void begin(SocketLeg leg, Detached.Half was) {
        if (was.outputClosed()) {
            leg.outputWasClosed();
            outputClosed(leg == first ? Side.FIRST : Side.SECOND);
        } else if (was.unwritten().length > 0 && !over) {
            leg.send(Unpooled.wrappedBuffer(was.unwritten()));
            leg.flush();
        }
    }

    private void holdBack() {
        if (!over) {
            first.reading(second.writable());
            second.reading(first.writable());
        }
    }

    private void start() {
        assert loop.inEventLoop();
        if (!over) {
            first.start();
        }
        if (!over) {
            second.start();
        }
    }

    /** Bytes passed from the first side to the second so far. Any thread. */
    public long firstToSecond() {
        return (long) FIRST.getOpaque(this);
    }

    /** Bytes passed from the second side to the first so far. Any thread. */
    public long secondToFirst() {
        return (long) SECOND.getOpaque(this);
    }

    /**
     * Breaks both sides (visible to them as a reset) and ends with {@link RelayEnd.Closed}. Any
     * thread; later calls do nothing.
     */
    public void close(String reason) {
        if (loop.inEventLoop()) {
            broken(new RelayEnd.Closed(reason));
        } else {
            loop.execute(() -> broken(new RelayEnd.Closed(reason)));
        }
    }

    private Leg leg(Side side) {
        return side == Side.FIRST ? first : second;
    }

    private Leg other(Side side) {
        return side == Side.FIRST ? second : first;
    }

    /** A side brought bytes. */
    void brought(Side side, ByteBuf bytes) {
        if (over) {
            bytes.release();
            return;
        }
        count(side, bytes.readableBytes());
        other(side).send(bytes);
        if (plain && firstToSecond + secondToFirst >= bulk) {
            plain = false;
            Handover begun = new Handover(this, loop, (SocketLeg) first, (SocketLeg) second);
            handover = begun;
            begun.begin();
        }
    }

    /** A side brought so many bytes. */
    void count(Side side, int bytes) {
        if (side == Side.FIRST) {
            FIRST.setOpaque(this, firstToSecond + bytes);
        } else {
            SECOND.setOpaque(this, secondToFirst + bytes);
        }
    }

    boolean isHandedOverBy(Handover asking) {
        return !over && handover == asking;
    }

    /** The sockets left their channels. */
    void splicedBy(Spliced taker) {
        handover = null;
        spliced = taker;
    }

    boolean isSpliced() {
        return !over && spliced != null;
    }

    /** Somebody takes long: this relay is tried again when it has moved as much once more. */
    void notYetSpliced() {
        notSpliced();
        bulk = 2 * (firstToSecond + secondToFirst);
        plain = true;
    }

    /** The sockets stay where they are. */
    void notSpliced() {
        handover = null;
        if (!over) {
            first.reading(true);
            second.reading(true);
        }
    }

    /** A side has brought what it had for now. */
    void broughtAll(Side side) {
        if (!over) {
            Leg to = other(side);
            to.flush();
            if (!over && !to.writable()) {
                leg(side).reading(false);
            }
        }
    }

    /** A side can take more. */
    void resume(Side side) {
        if (!over && handover == null) {
            other(side).reading(true);
        }
    }

    /** A side has written bytes of the other. */
    void written(Side side, int bytes) {
        if (!over) {
            other(side).passedOn(bytes);
            if (handover != null) {
                handover.attempt();
            }
        }
    }

    /** A side brings no more. */
    void ended(Side side) {
        if (!over) {
            plain = false;
            if (handover != null) {
                notSpliced();
            }
            other(side).endOutput();
        }
    }

    /** A side's output is closed, with everything written: the direction towards it is done. */
    void outputClosed(Side side) {
        if (side == Side.FIRST) {
            secondDone = true;
        } else {
            firstDone = true;
        }
        if (firstDone && secondDone && !over) {
            over = true;
            if (spliced != null) {
                spliced.finish();
            } else {
                first.finish();
                second.finish();
            }
            observer.ended(this, new RelayEnd.Complete());
        }
    }

    /** A side takes no more, though it did not break: what the other still brings goes nowhere. */
    void outputRefused(Side side) {
        if (!over) {
            other(side).reading(false);
            outputClosed(side);
        }
    }

    /** A side broke; with a cause if that says more than a reset. */
    void broken(Side side, @Nullable Throwable cause) {
        broken(cause == null ? new RelayEnd.Reset(side) : new RelayEnd.Failed(side, cause));
    }

    private void broken(RelayEnd end) {
        if (!over) {
            over = true;
            if (spliced != null) {
                spliced.abort();
            } else {
                first.abort();
                second.abort();
            }
            observer.ended(this, end);
        }
    }
}
