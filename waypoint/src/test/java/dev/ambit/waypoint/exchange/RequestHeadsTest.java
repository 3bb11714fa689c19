package dev.ambit.waypoint.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RequestHeadsTest {

    private static HttpRequest get(String uri, String... headers) {
        return request(HttpVersion.HTTP_1_1, HttpMethod.GET, uri, headers);
    }

    private static HttpRequest request(
            HttpVersion version, HttpMethod method, String uri, String... headers) {
        HttpRequest head = new DefaultHttpRequest(version, method, uri);
        for (int i = 0; i < headers.length; i += 2) {
            head.headers().add(headers[i], headers[i + 1]);
        }
        return head;
    }

    private static @Nullable FailureKind refused(HttpRequest head) {
        ProxyError error = RequestHeads.prepare(head, "svc.ns");
        return error == null ? null : error.kind();
    }

    @Test
    void takesAnOrdinaryRequest() {
        assertThat(refused(get("/a?b=c", "host", "reviews:9080"))).isNull();
        assertThat(refused(request(HttpVersion.HTTP_1_1, HttpMethod.OPTIONS, "*", "host", "a")))
                .isNull();
    }

    @Test
    void refusesRequestsWithoutOneHost() {
        assertThat(refused(get("/"))).isEqualTo(FailureKind.BAD_REQUEST);
        assertThat(refused(get("/", "host", "a", "host", "b"))).isEqualTo(FailureKind.BAD_REQUEST);
        assertThat(refused(get("/", "host", "a b"))).isEqualTo(FailureKind.BAD_REQUEST);
        assertThat(refused(get("/", "host", "a/b"))).isEqualTo(FailureKind.BAD_REQUEST);
    }

    /** A policy about {@code a.com} has to see {@code a.com} where a destination does. */
    @Test
    void refusesHostsThatCanBeSplitInTwoWays() {
        for (String host :
                new String[] {
                    "a.com:80:80",
                    "a.com:http",
                    "a%2ecom",
                    "a.com..",
                    ":80",
                    "[::1",
                    "[]",
                    "[::1]x",
                    "[fe80::1%25eth0]",
                    "a.com:123456",
                    "u@a.com",
                    "a.com;x",
                    "a.com*"
                }) {
            assertThat(refused(get("/", "host", host))).as(host).isEqualTo(FailureKind.BAD_REQUEST);
        }
        for (String host : new String[] {"A.com.", "a_b-c:8080", "10.0.0.1:80", "[fd00::1]:80"}) {
            assertThat(refused(get("/", "host", host))).as(host).isNull();
        }
    }

    @Test
    void givesHttp10RequestsTheHostOfTheService() {
        HttpRequest head = request(HttpVersion.HTTP_1_0, HttpMethod.GET, "/");
        assertThat(refused(head)).isNull();
        assertThat(head.headers().get("host")).isEqualTo("svc.ns");
    }

    @Test
    void refusesTwoFramings() {
        assertThat(
                        refused(
                                get(
                                        "/",
                                        "host",
                                        "a",
                                        "transfer-encoding",
                                        "chunked",
                                        "content-length",
                                        "3")))
                .isEqualTo(FailureKind.BAD_REQUEST);
        for (String encoding : new String[] {"xchunked", "chunked, identity", "gzip, chunked"}) {
            assertThat(refused(get("/", "host", "a", "transfer-encoding", encoding)))
                    .as(encoding)
                    .isEqualTo(FailureKind.BAD_REQUEST);
        }
        assertThat(
                        refused(
                                request(
                                        HttpVersion.HTTP_1_0,
                                        HttpMethod.POST,
                                        "/",
                                        "host",
                                        "a",
                                        "transfer-encoding",
                                        "chunked")))
                .isEqualTo(FailureKind.BAD_REQUEST);
    }

    @Test
    void takesTheAuthorityOfAnAbsoluteTarget() {
        HttpRequest head = get("http://reviews/a?b", "host", "other");
        assertThat(refused(head)).isNull();
        assertThat(head.uri()).isEqualTo("/a?b");
        assertThat(head.headers().get("host")).isEqualTo("reviews");
    }

    @Test
    void refusesConnect() {
        assertThat(refused(request(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, "a:80", "host", "a")))
                .isEqualTo(FailureKind.BAD_REQUEST);
    }

    @Test
    void stripsWhatConcernsOneConnectionAndWhatOnlyProxiesMaySay() {
        HttpHeaders headers =
                get(
                                "/",
                                "host",
                                "a",
                                "connection",
                                "close, X-Private, content-length",
                                "x-private",
                                "1",
                                "content-length",
                                "0",
                                "keep-alive",
                                "timeout=5",
                                "te",
                                "gzip, trailers",
                                "upgrade",
                                "h2c",
                                "expect",
                                "100-continue",
                                "x-forwarded-client-cert",
                                "By=spiffe://evil",
                                "x-envoy-original-path",
                                "/admin")
                        .headers();
        RequestHeads.strip(headers, false);
        assertThat(headers.names()).containsExactlyInAnyOrder("host", "content-length", "te");
        assertThat(headers.get("te")).isEqualTo("trailers");
    }

    @Test
    void keepsTheUpgradeToWebSocket() {
        HttpRequest head = get("/", "host", "a", "connection", "Upgrade", "upgrade", "websocket");
        assertThat(RequestHeads.isUpgrade(head)).isTrue();
        RequestHeads.strip(head.headers(), true);
        assertThat(head.headers().get("upgrade")).isEqualTo("websocket");
        assertThat(head.headers().get("connection")).isEqualToIgnoringCase("upgrade");
        assertThat(
                        RequestHeads.isUpgrade(
                                get("/", "host", "a", "connection", "upgrade", "upgrade", "h2c")))
                .isFalse();
    }

    @Test
    void marksTheRequest() {
        HttpHeaders headers = get("/", "host", "a").headers();
        RequestHeads.mark(headers, "10.0.0.9", new SplittableRandom(1));
        assertThat(headers.get("x-forwarded-for")).isEqualTo("10.0.0.9");
        assertThat(headers.get("x-forwarded-proto")).isEqualTo("http");
        assertThat(headers.get("x-request-id"))
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }

    @Test
    void keepsAnIdAndTracesAndAppendsTheAddress() {
        HttpHeaders headers =
                get(
                                "/",
                                "host",
                                "a",
                                "x-request-id",
                                "mine",
                                "traceparent",
                                "00-1-2-01",
                                "x-forwarded-for",
                                "1.2.3.4")
                        .headers();
        RequestHeads.mark(headers, "10.0.0.9", new SplittableRandom(1));
        assertThat(headers.get("x-request-id")).isEqualTo("mine");
        assertThat(headers.get("traceparent")).isEqualTo("00-1-2-01");
        assertThat(headers.get("x-forwarded-for")).isEqualTo("1.2.3.4,10.0.0.9");
    }

    @Test
    void knowsGrpcByItsContentType() {
        assertThat(RequestHeads.isGrpc(get("/", "content-type", "application/grpc"))).isTrue();
        assertThat(RequestHeads.isGrpc(get("/", "content-type", "application/grpc+proto")))
                .isTrue();
        assertThat(RequestHeads.isGrpc(get("/", "content-type", "application/grpc-web"))).isFalse();
        assertThat(RequestHeads.isGrpc(get("/"))).isFalse();
    }
}
