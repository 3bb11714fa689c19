package dev.ambit.hbone.frame;

import dev.ambit.hbone.ConnectRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes header blocks without compression state: every field is a literal outside the dynamic
 * table (RFC 7541 section 6.2.2). Nothing of one tunnel can leak into another, and a connection can
 * be handed over without it. No garbage.
 */
public final class HeaderWriter {
    private static final int STATIC_AUTHORITY = 1;
    private static final int STATIC_METHOD = 2;
    private static final int STATIC_STATUS = 8;
    private static final int INDEXED = 0x80;

    private HeaderWriter() {}

    /** The block of a CONNECT. */
    public static void connect(ByteBuf out, ConnectRequest request) {
        literal(out, STATIC_METHOD, "CONNECT");
        literal(out, STATIC_AUTHORITY, request.authority());
        optional(out, ConnectRequest.FORWARDED, request.forwarded());
        optional(out, ConnectRequest.BAGGAGE, request.baggage());
        optional(out, ConnectRequest.TRACEPARENT, request.traceparent());
        all(out, request.extra());
    }

    /** The block of an answer. */
    public static void response(ByteBuf out, int status, Map<String, String> headers) {
        if (status == 200) {
            out.writeByte(INDEXED | STATIC_STATUS);
        } else {
            literal(out, STATIC_STATUS, Integer.toString(status));
        }
        all(out, headers);
    }

    private static void all(ByteBuf out, Map<String, String> headers) {
        if (!headers.isEmpty()) {
            headers.forEach((name, value) -> named(out, name, value));
        }
    }

    private static void optional(ByteBuf out, String name, @Nullable String value) {
        if (value != null) {
            named(out, name, value);
        }
    }

    private static void literal(ByteBuf out, int staticName, String value) {
        out.writeByte(staticName);
        string(out, value);
    }

    private static void named(ByteBuf out, String name, String value) {
        out.writeByte(0);
        string(out, name);
        string(out, value);
    }

    /**
     * A string literal without Huffman code: length with a 7-bit prefix (RFC 7541 section 5.1),
     * bytes.
     */
    private static void string(ByteBuf out, String text) {
        int length = ByteBufUtil.utf8Bytes(text);
        if (length < 0x7f) {
            out.writeByte(length);
        } else {
            out.writeByte(0x7f);
            int rest = length - 0x7f;
            while (rest >= 0x80) {
                out.writeByte((rest & 0x7f) | 0x80);
                rest >>>= 7;
            }
            out.writeByte(rest);
        }
        out.writeCharSequence(text, StandardCharsets.UTF_8);
    }
}
