package dev.ambit.demo.bed;

import dev.ambit.runtime.linux.Netns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Asks something of a process from inside its namespace. The socket is made there, so this needs a
 * platform thread; nothing of the caller's own network is involved.
 */
public final class Probe {

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(1);

    /** An HTTP answer. */
    public record Answer(int status, String body) {}

    private Probe() {}

    /** Whether something accepts connections on this port of the loopback. */
    public static boolean connects(Path netns, int port) {
        try (Socket socket = open(netns)) {
            socket.connect(at("127.0.0.1", port), (int) CONNECT_WITHIN.toMillis());
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** Whether a GET on the loopback is answered with 200; false for every failure. */
    public static boolean ok(Path netns, int port, String path) {
        try {
            return get(netns, "127.0.0.1", port, path, CONNECT_WITHIN).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** GET on a connection of its own. */
    public static Answer get(Path netns, String host, int port, String path, Duration limit)
            throws IOException {
        try (Socket socket = open(netns)) {
            socket.connect(at(host, port), (int) CONNECT_WITHIN.toMillis());
            socket.setSoTimeout((int) limit.toMillis());
            socket.getOutputStream()
                    .write(
                            "GET %s HTTP/1.1\r\nhost: %s:%d\r\nconnection: close\r\n\r\n"
                                    .formatted(path, host, port)
                                    .getBytes(StandardCharsets.ISO_8859_1));
            return parse(
                    new String(
                            socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    private static Socket open(Path path) {
        try (Netns netns = Netns.open(path)) {
            return netns.call(
                    () -> {
                        try {
                            return SocketChannel.open().socket();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
    }

    private static Answer parse(String whole) throws IOException {
        int end = whole.indexOf("\r\n\r\n");
        String[] start = whole.split(" ", 3);
        if (end < 0 || start.length < 3 || !start[1].matches("\\d{3}")) {
            throw new IOException("no HTTP answer in " + whole.length() + " bytes");
        }
        String body = whole.substring(end + 4);
        boolean chunked = whole.substring(0, end).toLowerCase(Locale.ROOT).contains(": chunked");
        return new Answer(
                Integer.parseInt(start[1]),
                new String(
                        (chunked ? join(body) : body).getBytes(StandardCharsets.ISO_8859_1),
                        StandardCharsets.UTF_8));
    }

    /** The data of chunks (RFC 9112, 7.1). */
    private static String join(String chunks) {
        StringBuilder data = new StringBuilder();
        int at = 0;
        while (true) {
            int line = chunks.indexOf("\r\n", at);
            int size = line < 0 ? 0 : Integer.parseInt(chunks, at, line, 16);
            if (size == 0) {
                return data.toString();
            }
            data.append(chunks, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
    }
}
