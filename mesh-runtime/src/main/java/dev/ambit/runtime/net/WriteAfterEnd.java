package dev.ambit.runtime.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;

/**
 * Lets a Netty socket write on after its peer has ended its half. The kernel answers a poll for
 * room with that end alone ({@link Poll}); Netty (4.2.18) takes it for the answer to its other
 * poll, the one for the end, and waits for room for ever, even when the channel is closed. Here
 * such an answer is kept from it, and a poll with many answers tells when there is room.
 */
@SuppressWarnings("try") // As Netty declares it: close may throw anything.
final class WriteAfterEnd implements IoUringIoHandle {
    private static final byte CLOSE = 19;

    /** Netty's own are shorts. */
    private static final long ROOM = 1L << 20;

    private static final long CANCEL = ROOM + 1;

    private final IoUringIoHandle channel;
    private final UnixChannel socket;
    private boolean ended;
    private long waiting;

    WriteAfterEnd(IoUringIoHandle channel, UnixChannel socket) {
        this.channel = channel;
        this.socket = socket;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        // Read before it is passed on: Netty uses one event again and again.
        IoUringIoEvent answer = (IoUringIoEvent) event;
        byte operation = answer.opcode();
        if (operation == Poll.ADD) {
            polled(registration, answer);
        } else if (answer.userData() != CANCEL) {
            channel.handle(registration, event);
            if (operation == CLOSE) {
                closed(registration);
            }
        }
    }

    private void polled(IoRegistration registration, IoUringIoEvent answer) {
        int result = answer.res();
        if (answer.userData() == ROOM) {
            maybeRoom(registration, result, Poll.goesOn(answer.flags()));
        } else if (result == Poll.RDHUP) {
            if (ended) {
                waiting = room(registration);
            } else {
                ended = true;
                channel.handle(registration, answer);
            }
        } else {
            channel.handle(registration, answer);
        }
    }

    private long room(IoRegistration registration) {
        int fd = socket.fd().intValue();
        return Poll.add(registration, fd, Poll.OUT, Poll.MANY, ROOM);
    }

    private void maybeRoom(IoRegistration registration, int result, boolean goesOn) {
        if (waiting == 0 || result < 0) {
            return;
        }
        boolean room = Poll.hasRoom(result);
        if (room || !goesOn) {
            // Whatever it says of itself: it may have been the last answer of one before it.
            Poll.cancel(registration, waiting, CANCEL);
            waiting = room ? 0 : room(registration);
        }
        if (room) {
            tellRoom(registration);
        }
    }

    private void tellRoom(IoRegistration registration) {
        channel.handle(registration, new IoUringIoEvent(Poll.OUT, 0, Poll.ADD, 0L));
    }

    /** Ours is the last hold on the socket; and Netty ends when it waits for nothing. */
    private void closed(IoRegistration registration) {
        if (waiting != 0) {
            Poll.cancel(registration, waiting, CANCEL);
            waiting = 0;
            tellRoom(registration);
        }
    }

    @Override
    public void registered() {
        channel.registered();
    }

    @Override
    public void unregistered() {
        channel.unregistered();
    }

    @Override
    public void close() throws Exception {
        channel.close();
    }
}
