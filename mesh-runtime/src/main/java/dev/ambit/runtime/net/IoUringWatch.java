package dev.ambit.runtime.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;

/** One poll request per question, submitted with whatever else the loop has to submit. */
final class IoUringWatch implements SocketWatch, IoUringIoHandle {

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

    /** The peer has ended its half: a single poll for room would be answered at once. */
    private boolean ended;

    private boolean closed;

    IoUringWatch(IoEventLoop loop, int fd, Listener listener) {
        this.fd = fd;
        this.listener = listener;
        this.registration = SocketWatch.register(loop, this);
        awaitHangUp();
    }

    /** The end of the input answers it too; so it goes on after that, until the error comes. */
    private void awaitHangUp() {
        hangingUp = Poll.add(registration, fd, Poll.ERR | Poll.HUP, Poll.MANY, HANG_UP);
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        IoUringIoEvent answer = (IoUringIoEvent) event;
        if (closed) {
            return;
        }
        boolean goesOn = Poll.goesOn(answer.flags());
        switch ((int) answer.userData()) {
            case READ -> {
                reading = 0;
                listener.readable();
            }
            case WRITE -> maybeRoom(answer.res(), goesOn);
            case HANG_UP -> {
                if (!goesOn) {
                    awaitHangUp();
                }
                listener.hungUp();
            }
            default -> {}
        }
    }

    private void maybeRoom(int result, boolean goesOn) {
        if (writing == 0 || result < 0) {
            return;
        }
        boolean room = Poll.hasRoom(result);
        if (room || !goesOn) {
            if (ended) {
                // Whatever it says of itself: it may have been the last answer of one before it.
                cancel(writing);
            }
            writing = 0;
        }
        if (room) {
            listener.writable();
        } else {
            ended = true;
            awaitWritable();
        }
    }

    @Override
    public void awaitReadable() {
        if (reading == 0 && !closed) {
            reading = Poll.add(registration, fd, Poll.IN | Poll.RDHUP, Poll.ONCE, READ);
        }
    }

    @Override
    public void awaitWritable() {
        if (writing == 0 && !closed) {
            int answers = ended ? Poll.MANY : Poll.ONCE;
            writing = Poll.add(registration, fd, Poll.OUT, answers, WRITE);
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

    private void cancel(long poll) {
        if (poll != 0) {
            Poll.cancel(registration, poll, CANCEL);
        }
    }
}
