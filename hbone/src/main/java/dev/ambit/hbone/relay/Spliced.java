package dev.ambit.hbone.relay;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The two sockets of a relay whose bytes the kernel moves. On their loop. */
final class Spliced {
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
    private @Nullable Consumer<@Nullable Detached> detaching;

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
        Consumer<@Nullable Detached> leaving = detaching;
        if (leaving != null) {
            detaching = null;
            detach(leaving);
        } else if (!over) {
            try {
                first.watch(loop, forth, back);
                second.watch(loop, back, forth);
            } catch (RuntimeException unwatched) {
                // For want of memory or watches: nobody would ever hear of these sockets again.
                relay.broken(first.side(), unwatched);
                return;
            }
            forth.pump();
            back.pump();
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

    /** Takes both sockets out, alive, as {@link Relay#detach} says. */
    void detach(Consumer<@Nullable Detached> then) {
        if (over) {
            then.accept(null);
        } else if (!started) {
            detaching = then;
        } else {
            Detached.Half one = first.detach(back.unwritten(), back.isOver());
            Detached.Half other = second.detach(forth.unwritten(), forth.isOver());
            relay.left();
            stop();
            then.accept(new Detached(one, other, relay.firstToSecond(), relay.secondToFirst()));
        }
    }

    private void stop() {
        over = true;
        forth.stop();
        back.stop();
        pipes.leave();
    }
}
