package dev.ambit.waypoint.ingress;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What the first bytes of a connection are. Pure. */
enum Detection {
    HTTP1,
    HTTP2,
    /** Something else: bytes for the destination as they are. */
    OPAQUE,
    /** Not enough to tell. */
    MORE;

    /** RFC 9113 section 3.4. */
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** A request line may be this long before we believe it without having seen its end. */
    private static final int MAX_LINE = 8 * 1024;

    private static final int MAX_METHOD = 20;

    static Detection of(ByteBuf bytes) {
        int length = bytes.readableBytes();
        int common = 0;
        int from = bytes.readerIndex();
        while (common < length
                && common < PREFACE.length
                && bytes.getByte(from + common) == PREFACE[common]) {
            common++;
        }
        if (common == PREFACE.length) {
            return HTTP2;
        }
        if (common == length) {
            return MORE;
        }
        return requestLine(bytes);
    }

    /** {@code METHOD target HTTP/1.x}; anything that cannot become that is opaque. */
    private static Detection requestLine(ByteBuf bytes) {
        int from = bytes.readerIndex();
        int end = bytes.writerIndex();
        int at = from;
        while (at < end && isMethodLetter(bytes.getByte(at)) && at - from < MAX_METHOD) {
            at++;
        }
        if (at == end) {
            return MORE;
        }
        if (at == from || bytes.getByte(at) != ' ') {
            return OPAQUE;
        }
        int feed = bytes.indexOf(at, Math.min(end, from + MAX_LINE), (byte) '\n');
        if (feed < 0) {
            return end - from >= MAX_LINE ? HTTP1 : MORE;
        }
        int lineEnd = feed > at && bytes.getByte(feed - 1) == '\r' ? feed - 1 : feed;
        String line = bytes.toString(from, lineEnd - from, StandardCharsets.ISO_8859_1);
        return line.endsWith(" HTTP/1.1") || line.endsWith(" HTTP/1.0") ? HTTP1 : OPAQUE;
    }

    private static boolean isMethodLetter(byte b) {
        return (b >= 'A' && b <= 'Z') || b == '-' || b == '_';
    }
}
