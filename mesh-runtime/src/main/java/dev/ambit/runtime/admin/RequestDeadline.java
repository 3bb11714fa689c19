package dev.ambit.runtime.admin;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose request does not come whole in time: two seconds from the connection or
 * from the first byte of a later request, a minute between requests. Also one whose answer is not
 * taken within ten seconds.
 */
final class RequestDeadline extends ChannelDuplexHandler {

    private static final long REQUEST_SECONDS = 2;
    private static final long IDLE_SECONDS = 60;
    private static final long ANSWER_SECONDS = 10;

    private @Nullable ScheduledFuture<?> timer;
    private boolean idle;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        schedule(ctx, REQUEST_SECONDS);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (idle) {
            idle = false;
            schedule(ctx, REQUEST_SECONDS);
        }
        ctx.fireChannelRead(message);
    }

    /** The exchange has its whole request: from here the time is the handler's. */
    void requestRead() {
        cancel();
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        // Any write is the answer, or the codec's own 4xx, after which the next request may come.
        idle = true;
        schedule(ctx, ANSWER_SECONDS);
        ctx.write(
                message,
                promise.unvoid()
                        .addListener(
                                taken -> {
                                    if (taken.isSuccess() && idle) {
                                        schedule(ctx, IDLE_SECONDS);
                                    }
                                }));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancel();
        ctx.fireChannelInactive();
    }

    private void schedule(ChannelHandlerContext ctx, long seconds) {
        cancel();
        timer = ctx.executor().schedule(() -> ctx.close(), seconds, TimeUnit.SECONDS);
    }

    private void cancel() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
