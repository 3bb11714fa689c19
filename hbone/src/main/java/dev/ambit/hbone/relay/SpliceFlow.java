package dev.ambit.hbone.relay;

import dev.ambit.runtime.linux.Splice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a spliced relay: socket, pipe, socket. The pipe is there only while bytes are in
 * it. On its loop.
 */
final class SpliceFlow {
    /** Bytes moved before others have their turn. */
    private static final int TURN = 4 << 20;

    /** Bytes read from a pipe at a time, when its relay moves. */
    private static final int PART = 64 << 10;

    /** Without descriptors for a pipe the bytes stay with the kernel; asked again this often. */
    private static final int RETRY_MILLIS = 50;

    private final Relay relay;
    private final EventLoop loop;
    private final Plug from;
    private final Plug to;
    private final Pipes pipes;
    private final Runnable pump = this::pump;

    private Splice.@Nullable Pipe pipe;
    private int inPipe;
    private boolean inputEnded;
    private boolean settling;
    private boolean over;

    SpliceFlow(Relay relay, EventLoop loop, Plug from, Plug to, Pipes pipes) {
        this.relay = relay;
        this.loop = loop;
        this.from = from;
        this.to = to;
        this.pipes = pipes;
    }

    /** Moves what can be moved, then waits for whichever side holds it up. */
    void pump() {
        int moved = 0;
        while (!over) {
            if (moved >= TURN) {
                loop.execute(pump);
                return;
            }
            if (inPipe == 0 && !fill()) {
                return;
            }
            int n = drain();
            if (n <= 0) {
                return;
            }
            moved += n;
        }
    }

    /** Brings bytes into the pipe; false if there are none to be passed on now. */
    private boolean fill() {
        if (!early() || over || settling) {
            return false;
        }
        if (inputEnded) {
            end();
            return false;
        }
        Splice.Pipe through = pipe;
        if (through == null) {
            through = pipes.take();
            if (through == null) {
                loop.schedule(pump, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                return false;
            }
            pipe = through;
        }
        int n;
        do {
            n = pipes.splice().move(from.fd(), through.writeEnd(), pipes.portion(through));
        } while (n == Splice.EINTR);
        if (n > 0) {
            inPipe = n;
            pipes.holds(n);
            relay.count(from.side(), n);
            return true;
        }
        pipe = null;
        pipes.giveBack(through);
        if (n == 0) {
            inputEnded = true;
            end();
        } else if (n == Splice.EAGAIN) {
            from.awaitReadable();
        } else {
            failed(from.side(), n);
        }
        return false;
    }

    /** Passes on what is in the pipe; not positive if the output takes none. */
    private int drain() {
        Splice.Pipe through = Objects.requireNonNull(pipe);
        int n;
        do {
            n = pipes.splice().move(through.readEnd(), to.fd(), inPipe);
        } while (n == Splice.EINTR);
        if (n > 0) {
            inPipe -= n;
            pipes.holds(-n);
        } else if (n == Splice.EAGAIN) {
            to.awaitWritable();
        } else {
            failed(to.side(), n);
        }
        return n;
    }

    /** Writes what Netty had read of the input before it let go; false if there is more of it. */
    private boolean early() {
        ByteBuf bytes;
        while ((bytes = from.early()) != null) {
            int n;
            try {
                n =
                        to.socket()
                                .sendAddress(
                                        bytes.memoryAddress(),
                                        bytes.readerIndex(),
                                        bytes.writerIndex());
            } catch (IOException broken) {
                failed(to.side(), broken);
                return false;
            }
            bytes.skipBytes(n);
            if (bytes.isReadable()) {
                to.awaitWritable();
                return false;
            }
            from.earlyWritten();
        }
        return true;
    }

    /** The input is at its end and everything is written: so is our output. */
    private void end() {
        over = true;
        try {
            to.socket().shutdown(false, true);
        } catch (IOException | NotYetConnectedException peerWasFaster) {
            relay.broken(to.side(), null);
            return;
        }
        relay.outputClosed(to.side());
    }

    /** A reset is how many hang up; a peer that fell silent or cannot be reached has failed. */
    void failed(RelayEnd.Side side, int errno) {
        failed(side, Errors.newIOException("splice", errno));
    }

    private void failed(RelayEnd.Side side, IOException cause) {
        relay.broken(side, SocketErrors.isReset(cause) ? null : cause);
    }

    /** Brings nothing more into the pipe, so that it runs empty; or goes on. */
    void settle(boolean wanted) {
        settling = wanted;
        if (!wanted) {
            pump();
        }
    }

    /** Bytes in the pipe. */
    int held() {
        return inPipe;
    }

    /** Whether the output was ended. */
    boolean isOver() {
        return over;
    }

    /** What was brought and not written, in order; leaves nothing behind. */
    byte[] unwritten() {
        ByteBuf all = Unpooled.buffer();
        Splice.Pipe through = pipe;
        if (through != null && inPipe > 0) {
            empty(through, all);
        }
        ByteBuf early;
        while ((early = from.early()) != null) {
            all.writeBytes(early);
            from.earlyWritten();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes).release();
        return bytes;
    }

    private void empty(Splice.Pipe through, ByteBuf into) {
        FileDescriptor end = new FileDescriptor(through.readEnd());
        ByteBuf part = ByteBufAllocator.DEFAULT.directBuffer(PART);
        try {
            while (inPipe > 0) {
                int n = end.readAddress(part.memoryAddress(), 0, Math.min(PART, inPipe));
                if (n <= 0) {
                    throw new IllegalStateException("a pipe holds less than was put in");
                }
                into.writeBytes(part.setIndex(0, n));
                inPipe -= n;
                pipes.holds(-n);
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("a pipe that cannot be read", impossible);
        } finally {
            part.release();
        }
    }

    /** Moves nothing more; what the pipe still holds is lost. */
    void stop() {
        over = true;
        Splice.Pipe through = pipe;
        pipe = null;
        if (through != null) {
            if (inPipe == 0) {
                pipes.giveBack(through);
            } else {
                pipes.holds(-inPipe);
                inPipe = 0;
                through.close();
            }
        }
    }
}
