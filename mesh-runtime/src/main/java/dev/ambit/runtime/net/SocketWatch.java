package dev.ambit.runtime.net;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.uring.IoUringIoHandle;

/**
 * Tells when a socket that is no Netty channel can be read or written, on a loop beside Netty's
 * channels. Ask after the kernel has said EAGAIN; each question is answered once. Confined to the
 * loop. The descriptor stays the caller's.
 */
public sealed interface SocketWatch permits EpollWatch, IoUringWatch {

    /** What is told, on the loop. Spurious calls are possible: try, and ask again. */
    interface Listener {
        void readable();

        void writable();

        /** The socket has an error, or both its directions are closed; told without being asked. */
        void hungUp();
    }

    /** Whether sockets can be watched on that loop: epoll and io_uring. */
    static boolean isPossible(EventLoop loop) {
        return loop instanceof IoEventLoop io
                && (io.isCompatible(EpollIoHandle.class) || io.isCompatible(IoUringIoHandle.class));
    }

    /** Begins to watch. On the loop. */
    static SocketWatch of(EventLoop loop, int fd, Listener listener) {
        assert loop.inEventLoop();
        IoEventLoop io = (IoEventLoop) loop;
        return io.isCompatible(IoUringIoHandle.class)
                ? new IoUringWatch(io, fd, listener)
                : new EpollWatch(io, fd, listener);
    }

    /** Tell once there is something to read, or the end of it. */
    void awaitReadable();

    /** Tell once there is room to write. */
    void awaitWritable();

    /** Whether channels of this loop have sockets whose calls wait. */
    boolean wantsBlocking();

    /** Tells nothing more. */
    void close();

    /** Registers and gives the registration, which a loop makes at once for itself. */
    static io.netty.channel.IoRegistration register(IoEventLoop loop, IoHandle handle) {
        var registered = loop.register(handle);
        if (!registered.isSuccess()) {
            throw new IllegalStateException("socket not registered", registered.cause());
        }
        return registered.getNow();
    }
}
