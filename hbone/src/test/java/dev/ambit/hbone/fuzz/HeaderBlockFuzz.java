package dev.ambit.hbone.fuzz;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.Limits;
import dev.ambit.hbone.frame.Decoded;
import dev.ambit.hbone.frame.HeaderReader;
import dev.ambit.hbone.frame.HeaderWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;

/**
 * HPACK blocks as request, as answer and as request once more, one decoder for the three: always a
 * verdict, values without controls, no more headers than the limit; what we write of a request of
 * ASCII we read as the same.
 */
public final class HeaderBlockFuzz {

    private static final Limits LIMITS = Limits.defaults();

    private HeaderBlockFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        HeaderReader reader = new HeaderReader(LIMITS);
        ByteBuf block = Unpooled.wrappedBuffer(input);
        check(reader.request(1, block.duplicate()));
        check(reader.response(3, block.duplicate()));
        check(reader.request(5, block.duplicate()));
    }

    private static void check(Decoded decoded) {
        switch (decoded) {
            case Decoded.Connect connect -> request(connect.request());
            case Decoded.Response response -> {
                if (response.status() < 100 || response.status() > 999) {
                    throw new IllegalStateException("status " + response.status());
                }
                values(response.headers());
            }
            case Decoded.OtherMethod other -> values(Map.of(":method", other.method()));
            case Decoded.TooLarge large -> {}
            case Decoded.Malformed malformed -> {}
            case Decoded.Broken broken -> {}
        }
    }

    private static void request(ConnectRequest request) {
        values(request.extra());
        values(Map.of(":authority", request.authority()));
        if (!request.toString().chars().allMatch(c -> c < 0x80)) {
            return;
        }
        ByteBuf written = Unpooled.buffer();
        HeaderWriter.connect(written, request);
        Decoded again = new HeaderReader(LIMITS).request(1, written);
        boolean same =
                switch (again) {
                    case Decoded.Connect connect -> connect.request().equals(request);
                    // Joined headers may be longer than a list may be.
                    case Decoded.TooLarge large -> true;
                    case Decoded.Response r -> false;
                    case Decoded.OtherMethod o -> false;
                    case Decoded.Malformed m -> false;
                    case Decoded.Broken b -> false;
                };
        if (!same) {
            throw new IllegalStateException("%s became %s".formatted(request, again));
        }
    }

    private static void values(Map<String, String> headers) {
        if (headers.size() > LIMITS.headerCount()) {
            throw new IllegalStateException(headers.size() + " headers");
        }
        for (String value : headers.values()) {
            if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
                throw new IllegalStateException("control character in " + headers);
            }
        }
    }
}
