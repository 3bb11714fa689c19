package dev.ambit.tests.rig;

import dev.ambit.demo.bed.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads every packet between a node and the fabric and looks for two texts: the marker that must
 * never be seen, and the one that must, lest a capture that sees nothing pass for a clean wire.
 */
final class Wire implements AutoCloseable {

    /** Plain pods say this to each other. */
    static final String PLAIN = "ambit-rig-plain-everyone-may-see";

    /** Enough of a packet for the marker, wherever a block begins in it. */
    private static final int SNAP = 320;

    private static final byte[] SECRET = Blocks.MARKER.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OPEN = PLAIN.getBytes(StandardCharsets.US_ASCII);

    private final Process tcpdump;
    private final AtomicLong secrets = new AtomicLong();
    private final AtomicLong plains = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    Wire(Node node) {
        try {
            tcpdump =
                    new ProcessBuilder(
                                    "nsenter",
                                    "--net=" + node.netns(),
                                    "--",
                                    "tcpdump",
                                    "--immediate-mode",
                                    "-U",
                                    "-B",
                                    "16384",
                                    "-Z",
                                    "root",
                                    "-s",
                                    Integer.toString(SNAP),
                                    "-i",
                                    "up0",
                                    "-w",
                                    "-")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException("tcpdump on " + node.name(), e);
        }
        Thread.ofPlatform().daemon().name("wire-" + node.name()).start(this::read);
    }

    long secrets() {
        return secrets.get();
    }

    long plains() {
        return plains.get();
    }

    long bytes() {
        return bytes.get();
    }

    private void read() {
        byte[] buffer = new byte[1 << 16];
        int kept = 0;
        try (InputStream in = tcpdump.getInputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer, kept, buffer.length - kept)) {
                int have = kept + n;
                bytes.addAndGet(n);
                secrets.addAndGet(count(buffer, have, SECRET));
                plains.addAndGet(count(buffer, have, OPEN));
                // One text may lie across two reads; a whole one is never kept, so never counted
                // twice.
                kept = Math.min(have, SECRET.length - 1);
                System.arraycopy(buffer, have - kept, buffer, 0, kept);
            }
        } catch (IOException closed) {
            // the rig is over
        }
    }

    private static int count(byte[] in, int length, byte[] text) {
        int found = 0;
        for (int at = 0; at <= length - text.length; at++) {
            if (in[at] == text[0]
                    && java.util.Arrays.equals(in, at, at + text.length, text, 0, text.length)) {
                found++;
            }
        }
        return found;
    }

    @Override
    public void close() {
        tcpdump.destroy();
        tcpdump.onExit().join();
    }
}
