package dev.ambit.runtime.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;

/** One poll request per question, submitted with whatever else the loop has to submit. */
final class IoUringWatch implements SocketWatch, IoUringIoHandle {

    private static final byte POLL_ADD = 6;
    private static final byte ASYNC_CANCEL = 14;
    private static final int POLL_ADD_MULTI = 1;
    private static final int CQE_MORE = 2;
    private static final int POLLIN = 0x001;
    private static final int POLLOUT = 0x004;
    private static final int POLLERR = 0x008;
    private static final int POLLHUP = 0x010;
    private static final int POLLRDHUP = 0x2000;

    /** What a completion answers. */
    private static final int READ = 1;

    private static final int WRITE = 2;
    private static final int HANG_UP = 3;
    private static final int CANCEL = 4;

    private final int fd;
    private final Listener listener;
    private final IoRegistration registration;
    private long reading;
    private long writing;
    private long hangingUp;
    private boolean closed;

    IoUringWatch(IoEventLoop loop, int fd, Listener listener) {
        this.fd = fd;
        this.listener = listener;
        this.registration = SocketWatch.register(loop, this);
        awaitHangUp();
    }

    /** The end of the input answers it too; so it goes on after that, until the error comes. */
    private void awaitHangUp() {
        hangingUp = poll(POLLERR | POLLHUP, POLL_ADD_MULTI, HANG_UP);
    }

    private long poll(int mask, int kind, long question) {
        return registration.submit(
                new IoUringIoOps(
                        POLL_ADD, (byte) 0, (short) 0, fd, 0, 0, kind, mask, question, (short) 0,
                        (short) 0, 0, 0));
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        int question = (int) ((IoUringIoEvent) event).userData();
        switch (question) {
            case READ -> reading = 0;
            case WRITE -> writing = 0;
            default -> {}
        }
        if (closed) {
            return;
        }
        switch (question) {
            case READ -> listener.readable();
            case WRITE -> listener.writable();
            case HANG_UP -> {
                if ((((IoUringIoEvent) event).flags() & CQE_MORE) == 0) {
                    awaitHangUp();
                }
                listener.hungUp();
            }
            default -> {}
        }
    }

    @Override
    public void awaitReadable() {
        if (reading == 0 && !closed) {
            reading = poll(POLLIN | POLLRDHUP, 0, READ);
        }
    }

    @Override
    public void awaitWritable() {
        if (writing == 0 && !closed) {
            writing = poll(POLLOUT, 0, WRITE);
        }
    }

    @Override
    public boolean wantsBlocking() {
        return true;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            cancel(reading);
            cancel(writing);
            cancel(hangingUp);
            registration.cancel();
        }
    }

    /** A poll under way keeps the socket open, whoever closes it. */
    private void cancel(long request) {
        if (request != 0) {
            registration.submit(
                    new IoUringIoOps(
                            ASYNC_CANCEL,
                            (byte) 0,
                            (short) 0,
                            -1,
                            0,
                            request,
                            0,
                            0,
                            (long) CANCEL,
                            (short) 0,
                            (short) 0,
                            0,
                            0));
        }
    }
}
