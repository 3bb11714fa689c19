package dev.ambit.runtime.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoRegistration;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoHandle;

/** Netty's io_uring, with {@link WriteAfterEnd} in front of every socket. */
final class IoUringLoop extends ForwardingHandler {
    IoUringLoop(IoHandler ring) {
        super(ring);
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (handle instanceof Channel.Unsafe unsafe
                && handle instanceof IoUringIoHandle channel
                && unsafe.voidPromise().channel() instanceof SocketChannel socket) {
            return super.register(new WriteAfterEnd(channel, (UnixChannel) socket));
        }
        return super.register(handle);
    }
}
