package dev.ambit.runtime.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.function.UnaryOperator;

/** Netty's own event loop, with something of ours between it and what registers there. */
class ForwardingHandler implements IoHandler {
    private final IoHandler next;

    ForwardingHandler(IoHandler next) {
        this.next = next;
    }

    static IoHandlerFactory factory(IoHandlerFactory next, UnaryOperator<IoHandler> around) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return around.apply(next.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return next.isChangingThreadSupported();
            }
        };
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return next.register(handle);
    }

    @Override
    public void initialize() {
        next.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return next.run(context);
    }

    @Override
    public void prepareToDestroy() {
        next.prepareToDestroy();
    }

    @Override
    public void destroy() {
        next.destroy();
    }

    @Override
    public void wakeup() {
        next.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return next.isCompatible(handleType);
    }
}
