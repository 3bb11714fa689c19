package dev.ambit.tests.upgrade;

import java.io.IOException;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A connection that lives through upgrades: sends random bytes to an {@link
 * dev.ambit.tests.mesh.EchoApp} until it is told to finish, reads them back, and hashes both ways.
 * An idle one says something only at its begin and its end.
 */
final class Session {

    private static final int LONGEST = 16 * 1024;

    private final Socket socket;
    private final boolean idle;
    private final int pauseMillis;
    private final CompletableFuture<Void> finish = new CompletableFuture<>();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final CompletableFuture<Void> talking = new CompletableFuture<>();
    private volatile boolean counting;
    private volatile long calmNanos;
    private volatile long longestSilenceNanos;

    /**
     * How it went: what broke it, or "", how many bytes came back as they were sent, and how long
     * it waited for them at most before the first upgrade and from then on.
     */
    record Outcome(
            String failure, boolean idle, long bytes, long calmMillis, long longestSilenceMillis) {}

    /**
     * @param pauseMillis between two things it says
     */
    Session(Socket socket, boolean idle, int pauseMillis, long seed) {
        this.socket = socket;
        this.idle = idle;
        this.pauseMillis = pauseMillis;
        Thread.ofVirtual().start(() -> run(new Random(seed)));
    }

    private void run(Random random) {
        long bytes = 0;
        try (socket) {
            MessageDigest sent = MessageDigest.getInstance("SHA-256");
            MessageDigest received = MessageDigest.getInstance("SHA-256");
            do {
                bytes += exchange(random, sent, received);
            } while (!told());
            bytes += exchange(random, sent, received);
            socket.shutdownOutput();
            boolean ended = socket.getInputStream().read() < 0;
            boolean equal = Arrays.equals(sent.digest(), received.digest());
            outcome.complete(
                    new Outcome(
                            !ended ? "bytes after the end" : equal ? "" : "hashes differ",
                            idle,
                            bytes,
                            TimeUnit.NANOSECONDS.toMillis(calmNanos),
                            TimeUnit.NANOSECONDS.toMillis(longestSilenceNanos)));
        } catch (IOException broken) {
            talking.complete(null);
            outcome.complete(new Outcome(broken.toString(), idle, bytes, 0, 0));
        } catch (NoSuchAlgorithmException impossible) {
            outcome.completeExceptionally(impossible);
        }
    }

    private boolean told() {
        try {
            if (idle) {
                finish.get();
                return true;
            }
            finish.get(pauseMillis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        } catch (InterruptedException | java.util.concurrent.ExecutionException ended) {
            return true;
        }
    }

    private long exchange(Random random, MessageDigest sent, MessageDigest received)
            throws IOException {
        byte[] chunk = new byte[1 + random.nextInt(LONGEST)];
        random.nextBytes(chunk);
        long start = System.nanoTime();
        sent.update(chunk);
        socket.getOutputStream().write(chunk);
        received.update(socket.getInputStream().readNBytes(chunk.length));
        if (counting) {
            longestSilenceNanos = Math.max(longestSilenceNanos, System.nanoTime() - start);
        }
        talking.complete(null);
        return chunk.length;
    }

    /** Once it has been answered, its silences count: the very first belong to cold processes. */
    void count() {
        talking.orTimeout(120, TimeUnit.SECONDS).join();
        counting = true;
    }

    /** What was counted so far was without upgrades. */
    void calmIsOver() {
        calmNanos = longestSilenceNanos;
        longestSilenceNanos = 0;
    }

    /** All finish at once, so that what they wait for now is each other. */
    void finish() {
        counting = false;
        finish.complete(null);
    }

    Outcome outcome() {
        return outcome.orTimeout(120, TimeUnit.SECONDS).join();
    }
}
