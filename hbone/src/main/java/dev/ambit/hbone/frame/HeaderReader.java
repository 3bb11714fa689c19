package dev.ambit.hbone.frame;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads header blocks with Netty's HPACK decoder and judges them as HBONE messages. One per
 * connection.
 */
public final class HeaderReader {
    private final Http2HeadersDecoder hpack;
    private final int headerCount;

    public HeaderReader(Limits limits) {
        this.hpack = new DefaultHttp2HeadersDecoder(true, limits.headerListBytes());
        this.headerCount = limits.headerCount();
    }

    /** Reads the block of a request. */
    public Decoded request(int streamId, ByteBuf block) {
        return decode(streamId, block, true);
    }

    /** Reads the block of an answer. */
    public Decoded response(int streamId, ByteBuf block) {
        return decode(streamId, block, false);
    }

    private Decoded decode(int streamId, ByteBuf block, boolean request) {
        Http2Headers headers;
        try {
            headers = hpack.decodeHeaders(streamId, block);
        } catch (Http2Exception.HeaderListSizeException tooLarge) {
            return new Decoded.TooLarge(
                    "header list above " + hpack.configuration().maxHeaderListSize() + " bytes");
        } catch (Http2Exception.StreamException malformed) {
            return new Decoded.Malformed(String.valueOf(malformed.getMessage()));
        } catch (Http2Exception | RuntimeException broken) {
            return new Decoded.Broken(String.valueOf(broken.getMessage()));
        }
        if (headers.size() > headerCount) {
            return new Decoded.TooLarge(
                    headers.size() + " headers (expected: at most " + headerCount + ")");
        }
        Message message = new Message();
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            String problem = message.add(header.getKey().toString(), header.getValue().toString());
            if (problem != null) {
                return new Decoded.Malformed(problem);
            }
        }
        return request ? message.request() : message.response();
    }

    /** The fields of one message as they come. */
    private static final class Message {
        private @Nullable String method;
        private @Nullable String authority;
        private @Nullable String status;
        private @Nullable String other;
        private @Nullable String forwarded;
        private @Nullable String baggage;
        private @Nullable String traceparent;
        private Map<String, String> extra = Map.of();

        @Nullable String add(String name, String value) {
            if (!visible(value)) {
                return "control character in the value of " + name;
            }
            switch (name) {
                case ":method" -> method = value;
                case ":authority" -> authority = value;
                case ":status" -> status = value;
                case ConnectRequest.FORWARDED -> forwarded = joined(forwarded, value);
                case ConnectRequest.BAGGAGE -> baggage = joined(baggage, value);
                case ConnectRequest.TRACEPARENT -> traceparent = value;
                default -> {
                    if (name.startsWith(":")) {
                        other = name;
                    } else {
                        if (extra.isEmpty()) {
                            extra = new HashMap<>();
                        }
                        extra.merge(name, value, Message::joined);
                    }
                }
            }
            return null;
        }

        private static String joined(@Nullable String before, String value) {
            return before == null ? value : before + "," + value;
        }

        private static boolean visible(String value) {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if ((c < ' ' && c != '\t') || c == 0x7f) {
                    return false;
                }
            }
            return true;
        }

        Decoded request() {
            if (method == null || status != null) {
                return new Decoded.Malformed("request without :method");
            }
            if (!method.equals("CONNECT")) {
                return new Decoded.OtherMethod(method);
            }
            if (other != null || authority == null) {
                // RFC 9113 section 8.5; extended CONNECT (RFC 8441) is not offered.
                return new Decoded.Malformed(
                        other != null ? "CONNECT with " + other : "CONNECT without :authority");
            }
            return new Decoded.Connect(
                    new ConnectRequest(authority, forwarded, baggage, traceparent, extra));
        }

        Decoded response() {
            int code = status == null ? -1 : parse(status);
            if (code < 100 || method != null || authority != null || other != null) {
                return new Decoded.Malformed("response with status " + status);
            }
            Map<String, String> headers = new HashMap<>(extra);
            putIfSent(headers, ConnectRequest.BAGGAGE, baggage);
            putIfSent(headers, ConnectRequest.FORWARDED, forwarded);
            putIfSent(headers, ConnectRequest.TRACEPARENT, traceparent);
            return new Decoded.Response(code, headers);
        }

        private static void putIfSent(
                Map<String, String> headers, String name, @Nullable String value) {
            if (value != null) {
                headers.put(name, value);
            }
        }

        private static int parse(String status) {
            int code = 0;
            for (int i = 0; i < status.length(); i++) {
                char c = status.charAt(i);
                if (c < '0' || c > '9' || i == 3) {
                    return -1;
                }
                code = code * 10 + (c - '0');
            }
            return code;
        }
    }
}
