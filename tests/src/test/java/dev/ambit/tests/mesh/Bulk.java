package dev.ambit.tests.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Much of it to an {@link EchoApp} and back, hashed at both ends of the way. Nothing is read before
 * {@link #comesBack}: meanwhile every buffer on the way fills up.
 */
public final class Bulk {

    private static final int PIECE = 100_000;

    private final Socket socket;
    private final long bytes;
    private final CompletableFuture<String> sent = new CompletableFuture<>();
    private volatile long written;

    public Bulk(Socket socket, long seed, long bytes) {
        this.socket = socket;
        this.bytes = bytes;
        Thread.ofVirtual().start(() -> send(new Random(seed)));
    }

    private void send(Random random) {
        try {
            MessageDigest hash = sha256();
            long left = bytes;
            while (left > 0) {
                byte[] piece = new byte[(int) Math.min(left, 1 + random.nextInt(PIECE))];
                random.nextBytes(piece);
                hash.update(piece);
                socket.getOutputStream().write(piece);
                left -= piece.length;
                written = bytes - left;
            }
            socket.shutdownOutput();
            sent.complete(HexFormat.of().formatHex(hash.digest()));
        } catch (IOException broken) {
            sent.completeExceptionally(broken);
        }
    }

    /** So that there is something in every buffer, and no room for more. */
    public void awaitFull() {
        long[] before = {-1};
        int[] still = {0};
        Eventually.holds(
                "the way is full",
                () -> {
                    still[0] = written == before[0] ? still[0] + 1 : 0;
                    before[0] = written;
                    return written > 0 && still[0] >= 10;
                });
    }

    long written() {
        return written;
    }

    /** Hash of what was sent. */
    public String sent() {
        return sent.orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Hash of what came back, up to its end. */
    public String comesBack() {
        try {
            MessageDigest hash = sha256();
            byte[] buffer = new byte[65_536];
            int n;
            while ((n = socket.getInputStream().read(buffer)) >= 0) {
                hash.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(hash.digest());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
