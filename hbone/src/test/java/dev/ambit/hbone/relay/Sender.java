package dev.ambit.hbone.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends random bytes until it is stopped, then ends its half. */
final class Sender {
    private final CompletableFuture<String> hash = new CompletableFuture<>();
    private volatile boolean stopped;
    volatile long sent;

    Sender(Socket socket, long seed) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                hash.complete(send(socket, new Random(seed)));
                            } catch (IOException | NoSuchAlgorithmException failed) {
                                hash.completeExceptionally(failed);
                            }
                        });
    }

    void stop() {
        stopped = true;
    }

    private String send(Socket socket, Random random) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        OutputStream out = socket.getOutputStream();
        byte[] chunk = new byte[8192];
        long total = 0;
        while (!stopped) {
            random.nextBytes(chunk);
            digest.update(chunk);
            out.write(chunk);
            total += chunk.length;
        }
        sent = total;
        socket.shutdownOutput();
        return HexFormat.of().formatHex(digest.digest());
    }

    String hash() throws Exception {
        return hash.get(60, TimeUnit.SECONDS);
    }
}
