package dev.ambit.runtime.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/** Edge-triggered: registered once, and no system call for a question. */
final class EpollWatch implements SocketWatch, EpollIoHandle {

    private static final int EPOLLIN = 0x001;
    private static final int EPOLLOUT = 0x004;
    private static final int EPOLLERR = 0x008;
    private static final int EPOLLHUP = 0x010;
    private static final int EPOLLRDHUP = 0x2000;
    private static final int EPOLLET = 1 << 31;

    private final FileDescriptor fd;
    private final Listener listener;
    private final IoRegistration registration;
    private boolean reading;
    private boolean writing;
    private boolean closed;

    EpollWatch(IoEventLoop loop, int fd, Listener listener) {
        this.fd = new FileDescriptor(fd);
        this.listener = listener;
        this.registration = SocketWatch.register(loop, this);
        registration.submit(EpollIoOps.valueOf(EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET));
    }

    @Override
    public FileDescriptor fd() {
        return fd;
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        int ready = ((EpollIoEvent) event).ops().value();
        if (!closed && (ready & (EPOLLERR | EPOLLHUP)) != 0) {
            listener.hungUp();
        }
        boolean ended = (ready & (EPOLLERR | EPOLLHUP)) != 0;
        if (!closed && writing && (ended || (ready & EPOLLOUT) != 0)) {
            writing = false;
            listener.writable();
        }
        if (!closed && reading && (ended || (ready & (EPOLLIN | EPOLLRDHUP)) != 0)) {
            reading = false;
            listener.readable();
        }
    }

    @Override
    public void awaitReadable() {
        reading = true;
    }

    @Override
    public void awaitWritable() {
        writing = true;
    }

    @Override
    public boolean wantsBlocking() {
        return false;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            registration.cancel();
        }
    }
}
