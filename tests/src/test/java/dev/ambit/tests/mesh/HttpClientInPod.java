package dev.ambit.tests.mesh;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A kept HTTP/1.1 connection from inside a pod; one request at a time. */
final class HttpClientInPod implements AutoCloseable {

    record Answer(int status, String body) {}

    private final Socket socket;
    private final InputStream in;
    private final String host;

    HttpClientInPod(PodNet net, String ip, int port, String host) throws IOException {
        socket = net.connect(ip, port, Duration.ofSeconds(15));
        in = new BufferedInputStream(socket.getInputStream());
        this.host = host;
    }

    Answer get(String path, String... headers) throws IOException {
        return send("GET", path, headers);
    }

    Answer send(String method, String path, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(128);
        request.append(method)
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(host)
                .append("\r\n");
        for (String h : headers) {
            request.append(h).append("\r\n");
        }
        socket.getOutputStream()
                .write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        int length = -1;
        boolean chunked = false;
        for (String h = line(); !h.isEmpty(); h = line()) {
            String lower = h.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).trim());
            }
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
        }
        if (chunked) {
            return new Answer(status, chunks());
        }
        byte[] body = length <= 0 ? new byte[0] : in.readNBytes(length);
        if (length > 0 && body.length < length) {
            throw new EOFException("body ended after " + body.length + " of " + length);
        }
        return new Answer(status, new String(body, StandardCharsets.UTF_8));
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line().split(";", 2)[0].trim(), 16);
            body.append(new String(in.readNBytes(size), StandardCharsets.UTF_8));
            line();
            if (size == 0) {
                return body.toString();
            }
        }
    }

    private String line() throws IOException {
        StringBuilder s = new StringBuilder(64);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("connection closed after \"" + s + "\"");
            }
            if (b != '\r') {
                s.append((char) b);
            }
        }
        return s.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
