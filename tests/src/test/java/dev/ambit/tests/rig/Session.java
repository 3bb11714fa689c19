package dev.ambit.tests.rig;

import dev.ambit.tests.mesh.TestPod;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;

/** The client's side of a session. One thread at a time. */
final class Session implements AutoCloseable {

    private final long id;
    private final Socket socket;
    private final MessageDigest sent = Digests.sha256();
    private final MessageDigest received = Digests.sha256();
    private long blocks;
    private volatile End end = End.OPEN;
    private volatile String what = "";

    private Session(long id, Socket socket) {
        this.id = id;
        this.socket = socket;
    }

    /** Connects on the calling platform thread. */
    static Session open(long id, TestPod from, String ip, int port, Duration patience)
            throws IOException {
        return new Session(id, from.net().connect(ip, port, patience));
    }

    long id() {
        return id;
    }

    End end() {
        return end;
    }

    /** What went wrong, for a person. */
    String what() {
        return what;
    }

    long bytes() {
        return blocks * Blocks.SIZE;
    }

    byte[] sentDigest() {
        return digest(sent);
    }

    byte[] receivedDigest() {
        return digest(received);
    }

    /** Sends so many blocks and takes them back; false if the session has ended. */
    boolean exchange(int count) {
        if (end != End.OPEN) {
            return false;
        }
        byte[] out = Blocks.make(id, blocks, count);
        try {
            socket.getOutputStream().write(out);
            sent.update(out);
            byte[] in = socket.getInputStream().readNBytes(out.length);
            received.update(in);
            if (!Arrays.equals(out, 0, in.length, in, 0, in.length)) {
                ended(End.WRONG, Blocks.fault(in, in.length, id, blocks));
            } else if (in.length < out.length) {
                ended(End.CUT, "end of stream after %d of %d".formatted(in.length, out.length));
            }
            blocks += count;
        } catch (SocketTimeoutException silent) {
            ended(End.SILENT, "no answer to %d bytes".formatted(out.length));
        } catch (IOException reset) {
            ended(End.RESET, String.valueOf(reset.getMessage()));
        }
        return end == End.OPEN;
    }

    /** Says that it is done and waits for the other side's end. */
    void finish() {
        if (end == End.OPEN) {
            try {
                socket.shutdownOutput();
                int more = socket.getInputStream().read();
                ended(more < 0 ? End.DONE : End.WRONG, more < 0 ? "" : "a byte after the end");
            } catch (SocketTimeoutException silent) {
                ended(End.SILENT, "no end of stream");
            } catch (IOException reset) {
                ended(End.RESET, String.valueOf(reset.getMessage()));
            }
        }
        close();
    }

    private void ended(End how, String why) {
        what = why;
        end = how;
    }

    private static byte[] digest(MessageDigest of) {
        try {
            return ((MessageDigest) of.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException gone) {
            // it is over either way
        }
    }
}
