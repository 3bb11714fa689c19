package dev.ambit.hbone;

import io.netty.channel.Channel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Keeps half-closed sockets alive on epoll. Netty 4.2 (since its pull request 16689) takes a socket
 * out of epoll when it waits for nothing, but then still believes it in: the next write that does
 * not fit fails with ENOENT and the connection is lost. A peer that closed its half and waits for a
 * long answer meets that every time. Waiting for EPOLLERR, which the kernel reports anyway, means
 * never waiting for nothing.
 */
final class EpollInterest {
    private static final int EPOLLERR = 0x8;
    private static final @Nullable MethodHandle SET_FLAG = setFlag();

    private EpollInterest() {}

    /** Call before the channel is registered. Other transports need nothing. */
    static void keep(Channel channel) {
        MethodHandle setFlag = SET_FLAG;
        if (setFlag != null && channel instanceof EpollSocketChannel) {
            try {
                setFlag.invoke(channel, EPOLLERR);
            } catch (Throwable e) {
                throw new IllegalStateException("epoll interest of " + channel, e);
            }
        }
    }

    private static @Nullable MethodHandle setFlag() {
        if (!Epoll.isAvailable()) {
            return null;
        }
        try {
            Class<?> owner = EpollSocketChannel.class.getSuperclass().getSuperclass();
            return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
                    .findVirtual(owner, "setFlag", MethodType.methodType(void.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
