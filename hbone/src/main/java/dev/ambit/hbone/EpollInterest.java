package dev.ambit.hbone;

import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollSocketChannel;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps half-closed sockets alive on epoll. Netty 4.2 (since its pull request 16689) takes a socket
 * out of epoll when it waits for nothing, but then still believes it in: the next write that does
 * not fit fails with ENOENT and the connection is lost. A peer that closed its half and waits for a
 * long answer meets that every time. Waiting for EPOLLERR, which the kernel reports anyway, means
 * never waiting for nothing.
 */
final class EpollInterest {
    private static final @Nullable VarHandle OPS = ops();

    private EpollInterest() {}

    /** Call before the first read. Other transports need nothing. */
    static void keep(Channel channel) {
        VarHandle ops = OPS;
        if (ops != null && channel instanceof EpollSocketChannel) {
            // Without telling the kernel: it has no need to know.
            ops.set(channel, ((EpollIoOps) ops.get(channel)).with(EpollIoOps.EPOLLERR));
        }
    }

    private static @Nullable VarHandle ops() {
        if (!Epoll.isAvailable()) {
            return null;
        }
        try {
            Class<?> owner = EpollSocketChannel.class.getSuperclass().getSuperclass();
            return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
                    .findVarHandle(owner, "ops", EpollIoOps.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
