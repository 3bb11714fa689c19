package dev.ambit.waypoint.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DetectionTest {

    @ParameterizedTest
    @CsvSource({
        "'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n', HTTP2",
        "'PRI * HT', MORE",
        "'P', MORE",
        "'', MORE",
        "'PRI * HTTP/2.0\\r\\n\\r\\nXX', OPAQUE",
        "'GET / HTTP/1.1\\r\\n', HTTP1",
        "'GET / HTTP/1.0\\n', HTTP1",
        "'POST /a HTTP/1.1\\r\\nHost', HTTP1",
        "'VERSION-CONTROL /a HTTP/1.1\\r\\nHost', HTTP1",
        "'GET', MORE",
        "'GET /', MORE",
        "'GET key\\r\\n', OPAQUE",
        "'get key\\r\\n', OPAQUE",
        "'*3\\r\\n', OPAQUE",
        "'SSH-2.0-x\\r\\n', OPAQUE",
        "'EHLO x\\r\\n', OPAQUE",
        "' GET / HTTP/1.1\\r\\n', OPAQUE",
        "'AAAAAAAAAAAAAAAAAAAAAAAAAA', OPAQUE",
    })
    void firstBytesTell(String text, Detection expected) {
        ByteBuf bytes =
                Unpooled.copiedBuffer(
                        text.replace("\\r", "\r").replace("\\n", "\n"),
                        StandardCharsets.ISO_8859_1);
        assertThat(Detection.of(bytes)).isEqualTo(expected);
        assertThat(bytes.readerIndex()).isZero();
    }
}
