package dev.ambit.demo.app;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 request or response (RFC 9112), as far as the sample application needs it.
 *
 * @param start request or status line
 * @param headers by lower-case name; of repeated ones the last
 */
record HttpMessage(String start, Map<String, String> headers, String body) {

    private static final int MAX_LINE_BYTES = 16 << 10;
    private static final int MAX_BODY_BYTES = 16 << 20;
    private static final int MAX_HEADERS = 200;

    /** Second word of the start line: a request's target or a response's status. */
    String second() {
        String[] words = start.split(" ", 3);
        return words.length > 1 ? words[1] : "";
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    boolean close() {
        return header("connection").equalsIgnoreCase("close");
    }

    /** Null where the other side ended the connection before a first byte. */
    static @Nullable HttpMessage read(InputStream in) throws IOException {
        String start = line(in, true);
        if (start == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String l = must(line(in, false)); !l.isEmpty(); l = must(line(in, false))) {
            int colon = l.indexOf(':');
            if (colon <= 0 || headers.size() == MAX_HEADERS) {
                throw new IOException("header: " + l + " (expected: at most 200 of name: value)");
            }
            headers.put(
                    l.substring(0, colon).toLowerCase(Locale.ROOT), l.substring(colon + 1).strip());
        }
        return new HttpMessage(
                start, headers, new String(body(in, headers, start), StandardCharsets.UTF_8));
    }

    void write(OutputStream out) throws IOException {
        StringBuilder head = new StringBuilder(start).append("\r\n");
        headers.forEach((k, v) -> head.append(k).append(": ").append(v).append("\r\n"));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        head.append("content-length: ").append(bytes.length).append("\r\n\r\n");
        ByteArrayOutputStream whole = new ByteArrayOutputStream(head.length() + bytes.length);
        whole.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        whole.writeBytes(bytes);
        whole.writeTo(out);
        out.flush();
    }

    private static byte[] body(InputStream in, Map<String, String> headers, String start)
            throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return chunks(in);
        }
        String length = headers.get("content-length");
        if (length != null) {
            return exactly(in, Integer.parseInt(length));
        }
        boolean untilEnd =
                start.startsWith("HTTP/") && !start.contains(" 204") && !start.contains(" 304");
        return untilEnd ? in.readNBytes(MAX_BODY_BYTES) : new byte[0];
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(must(line(in, false)).split(";", 2)[0].strip(), 16);
            if (size == 0) {
                while (!must(line(in, false)).isEmpty()) {
                    // Trailers carry nothing the sample application reads.
                }
                return all.toByteArray();
            }
            all.writeBytes(exactly(in, size));
            line(in, false);
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        if (length < 0 || length > MAX_BODY_BYTES) {
            throw new IOException(
                    "content-length: " + length + " (expected: 0-" + MAX_BODY_BYTES + ")");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("body ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private static String must(@Nullable String line) throws IOException {
        if (line == null) {
            throw new EOFException("connection ended within a message");
        }
        return line;
    }

    private static @Nullable String line(InputStream in, boolean mayEnd) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(64);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                if (mayEnd && line.size() == 0) {
                    return null;
                }
                throw new EOFException("connection ended within a line");
            }
            if (line.size() == MAX_LINE_BYTES) {
                throw new IOException("line longer than " + MAX_LINE_BYTES + " bytes");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
