package dev.ambit.hbone.relay;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The two sockets of a relay whose bytes the kernel moves. On their loop. */
final class Spliced {
    /** How often a pipe that is to run empty is looked at. */
    private static final int LOOK_MILLIS = 5;

    private final Relay relay;
    private final EventLoop loop;
    private final Plug first;
    private final Plug second;
    private final Pipes pipes = Pipes.ofLoop();
    private final SpliceFlow forth;
    private final SpliceFlow back;
    private boolean started;
    private boolean over;

    /** Waits for the channels to have closed. */
    private @Nullable Runnable detaching;

    Spliced(Relay relay, EventLoop loop, Plug first, Plug second) {
        this.relay = relay;
        this.loop = loop;
        this.first = first;
        this.second = second;
        this.forth = new SpliceFlow(relay, loop, first, second, pipes);
        this.back = new SpliceFlow(relay, loop, second, first, pipes);
    }

    /** The channels have closed: nothing else reads the sockets any more. */
    void start() {
        started = true;
        Runnable leaving = detaching;
        detaching = null;
        if (!over) {
            try {
                first.watch(loop, forth, back);
                second.watch(loop, back, forth);
            } catch (RuntimeException unwatched) {
                // For want of memory or watches: nobody would ever hear of these sockets again.
                relay.broken(first.side(), unwatched);
                if (leaving != null) {
                    leaving.run();
                }
                return;
            }
            if (leaving == null) {
                forth.pump();
                back.pump();
            }
        }
        if (leaving != null) {
            leaving.run();
        }
    }

    /** Both directions are done. */
    void finish() {
        stop();
        first.finish();
        second.finish();
    }

    /** Both peers see a reset. */
    void abort() {
        stop();
        first.abort();
        second.abort();
    }

    /**
     * Takes both sockets out, alive, as {@link Relay#detach} says. What is in the pipes has a
     * moment to get where it goes.
     */
    void detach(Room room, Consumer<@Nullable Detached> then) {
        if (over) {
            then.accept(null);
        } else if (!started) {
            detaching = () -> detach(room, then);
        } else {
            forth.settle(true);
            back.settle(true);
            settle(room, System.nanoTime() + room.patience().toNanos(), then);
        }
    }

    private void settle(Room room, long until, Consumer<@Nullable Detached> then) {
        long held = (long) forth.held() + back.held();
        if (over) {
            then.accept(null);
        } else if (held > 0 && System.nanoTime() < until) {
            loop.schedule(() -> settle(room, until, then), LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } else if (room.take(held)) {
            leave(then);
        } else {
            // It takes a reader to move it, or other memory.
            forth.settle(false);
            back.settle(false);
            then.accept(null);
        }
    }

    private void leave(Consumer<@Nullable Detached> then) {
        Detached.Half one = first.detach(back.unwritten(), back.isOver());
        Detached.Half other = second.detach(forth.unwritten(), forth.isOver());
        relay.left();
        stop();
        then.accept(new Detached(one, other, relay.firstToSecond(), relay.secondToFirst()));
    }

    private void stop() {
        over = true;
        forth.stop();
        back.stop();
        pipes.leave();
    }
}
