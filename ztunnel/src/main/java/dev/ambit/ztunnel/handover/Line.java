package dev.ambit.ztunnel.handover;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.ambit.runtime.linux.Descriptors;
import dev.ambit.runtime.linux.Received;
import dev.ambit.runtime.linux.SeqPacketSocket;
import dev.ambit.runtime.linux.SystemCallException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One end of the socket between two processes: whole messages with descriptors. One thread
 * receives; several may send. Every failure is a {@link LineBroken}, whatever the other process
 * does.
 */
final class Line implements AutoCloseable {

    /** The newest order of messages this build knows. */
    static final int VERSION = 3;

    /** From here on the other process knows connections that belong to two pods. */
    static final int PAIRS = 2;

    /** From here on it knows rehearsals. */
    static final int REHEARSALS = 3;

    /** The oldest it still understands. */
    static final int OLDEST = 1;

    /** Well below what a Unix socket takes in one packet by default (212,992 bytes). */
    static final int MAX_BYTES = 128 * 1024;

    private static final int EPIPE = 32;
    private static final int ECONNRESET = 104;

    private final SeqPacketSocket socket;

    Line(SeqPacketSocket socket) {
        this.socket = socket;
    }

    synchronized void send(MessageLite message, int... descriptors) throws LineBroken {
        byte[] packet = message.toByteArray();
        if (packet.length > MAX_BYTES) {
            throw new LineBroken("message of " + packet.length + " bytes, limit " + MAX_BYTES);
        }
        try {
            socket.send(packet, descriptors);
        } catch (SystemCallException refused) {
            throw broken(refused);
        }
    }

    /** The next message; null if none came in time. */
    <T extends MessageLite> @Nullable Heard<T> poll(Parser<T> parser, Duration limit)
            throws LineBroken {
        Received received;
        try {
            received = socket.receive(MAX_BYTES, limit);
        } catch (SystemCallException failed) {
            throw broken(failed);
        }
        return switch (received) {
            case Received.Packet packet -> heard(parser, packet);
            case Received.EndOfStream end -> throw LineBroken.byItsEnd();
            case Received.TimedOut none -> null;
            case Received.Truncated lost ->
                    throw new LineBroken("a packet beyond " + lost.limit() + " bytes");
        };
    }

    /** A process that died may be noticed as one writes to it, too. */
    private static LineBroken broken(SystemCallException failed) {
        boolean gone = failed.errno() == EPIPE || failed.errno() == ECONNRESET;
        return gone ? LineBroken.byItsEnd() : new LineBroken(String.valueOf(failed.getMessage()));
    }

    private static <T extends MessageLite> Heard<T> heard(Parser<T> parser, Received.Packet packet)
            throws LineBroken {
        try {
            return new Heard<>(parser.parseFrom(packet.bytes()), packet.fds());
        } catch (InvalidProtocolBufferException unreadable) {
            close(packet.fds());
            throw new LineBroken("unreadable message: " + unreadable.getMessage());
        }
    }

    /** The next message, which must come in time. */
    <T extends MessageLite> Heard<T> receive(Parser<T> parser, Duration limit) throws LineBroken {
        Heard<T> heard = poll(parser, limit);
        if (heard == null) {
            throw new LineBroken("silent for " + limit.toMillis() + " ms");
        }
        return heard;
    }

    static void close(int[] descriptors) {
        for (int descriptor : descriptors) {
            Descriptors.close(descriptor);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
