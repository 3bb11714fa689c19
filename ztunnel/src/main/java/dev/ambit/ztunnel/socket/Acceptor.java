package dev.ambit.ztunnel.socket;

import dev.ambit.runtime.log.Log;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Takes the connections of one listener and keeps each on the listener's own loop, so that nothing
 * of a connection ever changes threads. Sits in the listener's pipeline.
 */
public final class Acceptor extends ChannelInboundHandlerAdapter {

    private static final Log LOG = Log.get("proxy::accept");

    /**
     * After a failed accept, for example without free descriptors, the listener rests: this long at
     * first, twice as long each time it fails again, at most {@link #LONGEST_REST_MILLIS}.
     */
    static final long REST_MILLIS = 10;

    static final long LONGEST_REST_MILLIS = 100;
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String component;
    private final Consumer<SocketChannel> prepare;
    private final Admission admission;
    private final Consumer<SocketChannel> accepted;
    private final Consumer<Throwable> failed;

    // Of the listener's loop.
    private long rest = REST_MILLIS;
    private int failures;
    private long loggedNanos;

    /** Nobody shall be accepted, however long the listener has rested. On the loop. */
    private boolean paused;

    /** Says when a connection may go on; until then not a byte of it is read. */
    @FunctionalInterface
    public interface Admission {
        /** Everybody, at once. */
        Admission OPEN = Runnable::run;

        /** Runs it now or later, on the loop, once. */
        void when(Runnable goOn);
    }

    /**
     * @param component for logs
     * @param prepare sets up a channel before it is registered
     * @param admission lets it go on
     * @param accepted takes over a registered channel, on the loop
     * @param failed told of every connection that was lost here
     */
    public Acceptor(
            String component,
            Consumer<SocketChannel> prepare,
            Admission admission,
            Consumer<SocketChannel> accepted,
            Consumer<Throwable> failed) {
        this.component = component;
        this.prepare = prepare;
        this.admission = admission;
        this.accepted = accepted;
        this.failed = failed;
    }

    /** Accepts no more: who connects waits in the kernel. Any thread. */
    public static void pause(Channel listener) {
        accepting(listener, false);
    }

    /** Accepts again. Any thread. */
    public static void resume(Channel listener) {
        accepting(listener, true);
    }

    private static void accepting(Channel listener, boolean wanted) {
        listener.eventLoop()
                .execute(
                        () -> {
                            Acceptor acceptor = listener.pipeline().get(Acceptor.class);
                            if (acceptor != null) {
                                acceptor.paused = !wanted;
                            }
                            listener.config().setAutoRead(wanted);
                        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        SocketChannel child = (SocketChannel) message;
        rest = REST_MILLIS;
        try {
            prepare.accept(child);
        } catch (RuntimeException broken) {
            failed.accept(broken);
            LOG.warn("accepted connection not usable", "component", component, "error", broken);
            child.unsafe().closeForcibly();
            return;
        }
        admission.when(() -> register(ctx.channel().eventLoop(), child));
    }

    private void register(EventLoop loop, SocketChannel child) {
        loop.register(child)
                .addListener(
                        registered -> {
                            if (registered.isSuccess()) {
                                takeOver(child);
                            } else {
                                failed.accept(registered.cause());
                                child.unsafe().closeForcibly();
                            }
                        });
    }

    private void takeOver(SocketChannel child) {
        try {
            accepted.accept(child);
        } catch (RuntimeException broken) {
            failed.accept(broken);
            // Nobody would ever end it.
            LOG.error("accepted connection not served", "component", component, "error", broken);
            Sockets.reset(child);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failures++;
        failed.accept(cause);
        long now = System.nanoTime();
        if (loggedNanos == 0 || now - loggedNanos >= LOG_NANOS) {
            loggedNanos = now;
            LOG.error(
                    "accept failed, resting",
                    "component",
                    component,
                    "failures",
                    failures,
                    "rest",
                    rest + "ms",
                    "error",
                    cause);
            failures = 0;
        }
        ctx.channel().config().setOption(ChannelOption.AUTO_READ, false);
        ctx.channel()
                .eventLoop()
                .schedule(
                        () -> ctx.channel().config().setOption(ChannelOption.AUTO_READ, !paused),
                        rest,
                        TimeUnit.MILLISECONDS);
        rest = Math.min(LONGEST_REST_MILLIS, 2 * rest);
    }
}
