package dev.ambit.hbone.relay;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Reads to the end, in pieces of that size. */
final class Receiver {
    private final CompletableFuture<String> hash = new CompletableFuture<>();
    private long received;
    private boolean held;

    Receiver(Socket socket, int piece) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                hash.complete(receive(socket, piece));
                            } catch (IOException | NoSuchAlgorithmException failed) {
                                hash.completeExceptionally(failed);
                                count(Integer.MAX_VALUE);
                            }
                        });
    }

    private String receive(Socket socket, int piece) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[piece];
        int n;
        while ((n = in.read(buffer)) >= 0) {
            digest.update(buffer, 0, n);
            count(n);
            awaitLeave();
        }
        count(Integer.MAX_VALUE);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Reads no more for now. */
    synchronized void hold(boolean wanted) {
        held = wanted;
        notifyAll();
    }

    private synchronized void awaitLeave() throws IOException {
        try {
            while (held) {
                wait();
            }
        } catch (InterruptedException ended) {
            throw new IOException(ended);
        }
    }

    private synchronized void count(int bytes) {
        received += bytes;
        notifyAll();
    }

    synchronized void awaitAtLeast(long bytes) throws InterruptedException {
        while (received < bytes) {
            wait();
        }
    }

    synchronized void awaitMore(long bytes) throws InterruptedException {
        awaitAtLeast(received + bytes);
    }

    String hash() throws Exception {
        return hash.get(60, TimeUnit.SECONDS);
    }
}
