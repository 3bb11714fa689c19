package dev.ambit.waypoint.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.FullHttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Users search for these texts and flags, so each is held here to the letter. */
final class ErrorResponsesTest {

    private static final String RESET =
            "upstream connect error or disconnect/reset before headers. reset reason: ";

    @ParameterizedTest
    @CsvSource({
        "POLICY_DENIED, 403, -, 'RBAC: access denied'",
        "NO_ROUTE, 404, NR, ''",
        "NO_CLUSTER, 503, NC, ''",
        "NO_HEALTHY_UPSTREAM, 503, UH, 'no healthy upstream'",
        "CONNECT_FAILURE, 503, UF, '@remote connection failure'",
        "CONNECT_TIMEOUT, 503, UF, '@connection timeout'",
        "CONNECTION_TERMINATED, 503, UC, '@connection termination'",
        "REMOTE_RESET, 503, UR, '@remote reset'",
        "REFUSED_STREAM, 503, UR, '@remote refused stream reset'",
        "OVERFLOW, 503, UO, '@overflow'",
        "UPSTREAM_PROTOCOL, 502, UPE, '@protocol error'",
        "REQUEST_TIMEOUT, 504, UT, 'upstream request timeout'",
        "TRY_TIMEOUT, 504, UT, 'upstream request timeout'",
        "BAD_REQUEST, 400, DPE, 'Bad Request'",
    })
    void answersInEnvoysWords(FailureKind kind, int status, String flag, String body) {
        FullHttpResponse response = ErrorResponses.of(ProxyError.of(kind), false);
        assertThat(response.status().code()).isEqualTo(status);
        assertThat(response.content().toString(StandardCharsets.UTF_8))
                .isEqualTo(body.replace("@", RESET));
        assertThat(kind.flag()).isEqualTo(flag);
        assertThat(response.headers().getInt("content-length"))
                .isEqualTo(response.content().readableBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "POLICY_DENIED, 7",
        "NO_ROUTE, 12",
        "NO_HEALTHY_UPSTREAM, 14",
        "REQUEST_TIMEOUT, 14",
        "BAD_REQUEST, 13",
        "INTERNAL, 2",
    })
    void answersGrpcInGrpc(FailureKind kind, String grpcStatus) {
        FullHttpResponse response = ErrorResponses.of(ProxyError.of(kind), true);
        assertThat(response.status().code()).isEqualTo(200);
        assertThat(response.headers().get("content-type")).isEqualTo("application/grpc");
        assertThat(response.headers().get("grpc-status")).isEqualTo(grpcStatus);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void neverTellsAClientTheDetail(FailureKind kind) {
        if (kind.status() == 0) {
            return;
        }
        ProxyError error = ProxyError.of(kind, new IllegalStateException("secret 10.0.0.1"));
        FullHttpResponse response = ErrorResponses.of(error, false);
        assertThat(error.detail()).contains("secret");
        assertThat(response.content().toString(StandardCharsets.UTF_8)).doesNotContain("secret");
        assertThat(response.headers().toString()).doesNotContain("secret");
    }

    @Test
    void encodesWhatAHeaderCannotHold() {
        FullHttpResponse response = ErrorResponses.local(500, "a%\né", "text/plain", true);
        assertThat(response.headers().get("grpc-message")).isEqualTo("a%25%0A%C3%A9");
    }
}
