package dev.ambit.hbone.relay;

import dev.ambit.hbone.SliceQueue;
import dev.ambit.hbone.relay.RelayEnd.Side;
import dev.ambit.runtime.linux.Splice;
import dev.ambit.runtime.net.SocketWatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A socket without a Netty channel: its descriptor, owned, and what it is watched for. */
final class Plug implements SocketWatch.Listener {
    private final Side side;
    private final Socket socket;
    private final Promise<Void> closed;
    private @Nullable SocketWatch watch;

    /** What Netty had read of it before it let go, and the part of it being written. */
    private final SliceQueue early;

    private @Nullable ByteBuf current;

    // Set once, before watching.
    @SuppressWarnings("NullAway.Init")
    private SpliceFlow from;

    @SuppressWarnings("NullAway.Init")
    private SpliceFlow to;

    Plug(Side side, int fd, EventLoop loop, ByteBufAllocator alloc) {
        this.side = side;
        this.early = new SliceQueue(alloc);
        this.socket = new Socket(fd);
        this.closed = loop.newPromise();
    }

    /** Completes when the socket is closed, or somebody else's. */
    Future<Void> closed() {
        return closed;
    }

    Side side() {
        return side;
    }

    Socket socket() {
        return socket;
    }

    int fd() {
        return socket.intValue();
    }

    /** Keeps what Netty had read already. */
    void addEarly(ByteBuf bytes) {
        if (closed.isDone()) {
            bytes.release();
        } else {
            early.add(bytes);
        }
    }

    /** The first of what Netty had read, readable part by part; null if nothing is left. */
    @Nullable ByteBuf early() {
        if (current == null) {
            current = early.poll();
        }
        return current;
    }

    /** The first of it is through. */
    void earlyWritten() {
        ByteBuf written = current;
        current = null;
        if (written != null) {
            written.release();
        }
    }

    /** Begins to watch for both directions. */
    void watch(EventLoop loop, SpliceFlow fromHere, SpliceFlow toHere) {
        from = fromHere;
        to = toHere;
        // Sockets of io_uring wait.
        Splice.blocking(fd(), false);
        watch = SocketWatch.of(loop, fd(), this);
    }

    void awaitReadable() {
        SocketWatch watching = watch;
        if (watching != null) {
            watching.awaitReadable();
        }
    }

    void awaitWritable() {
        SocketWatch watching = watch;
        if (watching != null) {
            watching.awaitWritable();
        }
    }

    @Override
    public void readable() {
        from.pump();
    }

    @Override
    public void writable() {
        to.pump();
    }

    @Override
    public void hungUp() {
        int error;
        try {
            error = socket.getSoError();
        } catch (IOException alreadyClosed) {
            return;
        }
        if (error != 0) {
            from.failed(side, -error);
        }
    }

    /** Stops watching; the descriptor stays open. */
    void unwatch() {
        SocketWatch watching = watch;
        watch = null;
        if (watching != null) {
            watching.close();
        }
    }

    /** Gives the descriptor away; as a socket is for a channel of the loop's transport. */
    Detached.Half detach(byte[] unwritten, boolean outputClosed) {
        SocketWatch watching = watch;
        if (watching != null) {
            Splice.blocking(fd(), watching.wantsBlocking());
            unwatch();
        }
        closed.trySuccess(null);
        return new Detached.Half(fd(), unwritten, outputClosed);
    }

    /** Closes it in peace: what is written still arrives. */
    void finish() {
        linger(-1);
        close();
    }

    private void linger(int seconds) {
        try {
            socket.setSoLinger(seconds);
        } catch (IOException alreadyReset) {
            // There is nobody left to tell.
        }
    }

    private void close() {
        unwatch();
        earlyWritten();
        early.release();
        try {
            socket.close();
        } catch (IOException nothingToDo) {
            // It is closed whatever close says.
        }
        closed.trySuccess(null);
    }

    /** Closes it so that the peer sees a reset. */
    void abort() {
        linger(0);
        close();
    }
}
