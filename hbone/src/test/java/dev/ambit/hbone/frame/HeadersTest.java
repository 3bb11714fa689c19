package dev.ambit.hbone.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HeadersTest {
    private final HeaderReader reader = new HeaderReader(Limits.defaults());
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();

    @Test
    void readsTheConnectItWrites() {
        ConnectRequest request =
                new ConnectRequest(
                        "10.0.0.1:8080",
                        "for=\"10.0.0.2:1234\";host=a.b",
                        "k8s.cluster.name=Kubernetes,service.name=" + "x".repeat(500),
                        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                        Map.of("x-forwarded-network", "n1", "x-empty", ""));
        ByteBuf block = Unpooled.buffer();
        HeaderWriter.connect(block, request);
        assertThat(reader.request(1, block)).isEqualTo(new Decoded.Connect(request));
    }

    @Test
    void readsTheResponsesItWrites() {
        for (int status : new int[] {200, 400, 401, 431, 503}) {
            ByteBuf block = Unpooled.buffer();
            HeaderWriter.response(block, status, Map.of("baggage", "a=b"));
            assertThat(reader.response(1, block))
                    .isEqualTo(new Decoded.Response(status, Map.of("baggage", "a=b")));
        }
    }

    @Test
    void joinsRepeatedBaggage() throws Http2Exception {
        Http2Headers headers =
                connect()
                        .add("baggage", "a=1")
                        .add("baggage", "b=2")
                        .add("x-a", "1")
                        .add("x-a", "2");
        assertThat(decode(headers))
                .isEqualTo(
                        new Decoded.Connect(
                                new ConnectRequest(
                                        "10.0.0.1:80",
                                        null,
                                        "a=1,b=2",
                                        null,
                                        Map.of("x-a", "1,2"))));
    }

    @Test
    void refusesWhatIsNoPlainConnect() throws Http2Exception {
        assertThat(
                        decode(
                                new DefaultHttp2Headers()
                                        .method("GET")
                                        .scheme("https")
                                        .path("/")
                                        .authority("a:1")))
                .isEqualTo(new Decoded.OtherMethod("GET"));
        assertThat(decode(connect().path("/"))).isInstanceOf(Decoded.Malformed.class);
        assertThat(decode(connect().scheme("https"))).isInstanceOf(Decoded.Malformed.class);
        assertThat(
                        decode(
                                new DefaultHttp2Headers(false)
                                        .method("CONNECT")
                                        .authority("a:1")
                                        .add(":protocol", "websocket")))
                .isInstanceOf(Decoded.Malformed.class);
        assertThat(decode(new DefaultHttp2Headers().method("CONNECT")))
                .isInstanceOf(Decoded.Malformed.class);
        assertThat(decode(new DefaultHttp2Headers().authority("a:1")))
                .isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void refusesControlCharactersAndBadNames() throws Http2Exception {
        for (String value : new String[] {"a\0b", "a\r\nb", "a\nb", "a\u007fb"}) {
            assertThat(
                            decode(
                                    new DefaultHttp2Headers(false)
                                            .method("CONNECT")
                                            .authority("a:1")
                                            .add("x", value)))
                    .as(value)
                    .isInstanceOf(Decoded.Malformed.class);
        }
        assertThat(
                        decode(
                                new DefaultHttp2Headers(false)
                                        .method("CONNECT")
                                        .authority("a:1")
                                        .add("Upper", "x")))
                .isInstanceOf(Decoded.Malformed.class);
        assertThat(
                        decode(
                                new DefaultHttp2Headers(false)
                                        .method("CONNECT")
                                        .authority("a:1")
                                        .add("connection", "x")))
                .isInstanceOf(Decoded.Malformed.class);
    }

    @Test
    void limitsHeadersByBytesAndNumberAndGoesOn() throws Http2Exception {
        assertThat(decode(connect().add("x", "y".repeat(9000))))
                .isInstanceOf(Decoded.TooLarge.class);
        Http2Headers many = connect();
        for (int i = 0; i < 31; i++) {
            many.add("x-" + i, "");
        }
        assertThat(decode(many)).isInstanceOf(Decoded.TooLarge.class);
        assertThat(decode(connect())).isInstanceOf(Decoded.Connect.class);
    }

    @Test
    void noticesBrokenCompression() {
        assertThat(
                        reader.request(
                                1,
                                Unpooled.wrappedBuffer(
                                        new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff})))
                .isInstanceOf(Decoded.Broken.class);
    }

    private static Http2Headers connect() {
        return new DefaultHttp2Headers().method("CONNECT").authority("10.0.0.1:80");
    }

    private Decoded decode(Http2Headers headers) throws Http2Exception {
        ByteBuf block = Unpooled.buffer();
        encoder.encodeHeaders(1, headers, block);
        return reader.request(1, block);
    }
}
