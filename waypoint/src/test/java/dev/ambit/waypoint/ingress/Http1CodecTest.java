package dev.ambit.waypoint.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two parsers might read differently never becomes a request. */
final class Http1CodecTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\tfolded\r\n\r\n",
                "\r\nGET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
                " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\nHost: a\n\n",
                "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nBad header: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nNoColon\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
                "\u0001\u0002GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1 extra\r\nHost: a\r\n\r\n",
                "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5,6\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\n0\n\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"\r\nx\r\n0\r\n\r\n\"\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            })
    void refusesWhatCanBeReadTwoWays(String wire) {
        assertThat(refused(wire, wire.length())).as("whole").isTrue();
        assertThat(refused(wire, 1)).as("byte by byte").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a?b=c HTTP/1.1\r\nHost: a\r\nX:\r\nY:  z \r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n h\n i",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\n a\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
            })
    void takesWhatIsWellFormed(String wire) {
        assertThat(refused(wire + wire, 2 * wire.length())).as("whole").isFalse();
        assertThat(refused(wire + wire, 1)).as("byte by byte").isFalse();
    }

    @Test
    void refusesAHeadBeyondTheLimit() {
        String wire = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(70_000) + "\r\n\r\n";
        assertThat(refused(wire, 4096)).isTrue();
    }

    private static boolean refused(String wire, int piece) {
        EmbeddedChannel channel = new EmbeddedChannel(new Http1Codec(IngressLimits.DEFAULT));
        byte[] bytes = wire.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length; at += piece) {
            int length = Math.min(piece, bytes.length - at);
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
        }
        boolean failure = false;
        boolean any = false;
        Object part;
        while ((part = channel.readInbound()) != null) {
            any |= part instanceof HttpRequest;
            failure |= ((HttpObject) part).decoderResult().isFailure();
            ReferenceCountUtil.release(part);
        }
        channel.finishAndReleaseAll();
        return failure || !any;
    }
}
