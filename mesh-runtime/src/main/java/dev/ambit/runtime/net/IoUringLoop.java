package dev.ambit.runtime.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;

/** Netty's io_uring, with {@link WriteAfterEnd} in front of every socket. */
final class IoUringLoop implements IoHandler {
    private final IoHandler ring;

    private IoUringLoop(IoHandler ring) {
        this.ring = ring;
    }

    static IoHandlerFactory factory() {
        IoHandlerFactory rings = IoUringIoHandler.newFactory();
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor executor) {
                return new IoUringLoop(rings.newHandler(executor));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return rings.isChangingThreadSupported();
            }
        };
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (handle instanceof Channel.Unsafe unsafe
                && handle instanceof IoUringIoHandle channel
                && unsafe.voidPromise().channel() instanceof SocketChannel socket) {
            return ring.register(new WriteAfterEnd(channel, (UnixChannel) socket));
        }
        return ring.register(handle);
    }

    @Override
    public void initialize() {
        ring.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return ring.run(context);
    }

    @Override
    public void prepareToDestroy() {
        ring.prepareToDestroy();
    }

    @Override
    public void destroy() {
        ring.destroy();
    }

    @Override
    public void wakeup() {
        ring.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return ring.isCompatible(handleType);
    }
}
