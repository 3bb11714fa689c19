package dev.ambit.waypoint.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.api.waypoint.Retry;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryPolicyTest {

    private static final RetryPolicy DEFAULT = RetryPolicy.of(Retry.DEFAULT);
    private static final RetryPolicy ON_5XX =
            RetryPolicy.of(new Retry(3, List.of(500, 503, 504), Duration.ofMillis(100)));

    @ParameterizedTest
    @CsvSource({
        "CONNECT_FAILURE, true, true",
        "CONNECT_TIMEOUT, true, true",
        "REFUSED_STREAM, true, true",
        "STALE_CONNECTION, false, false",
        "CONNECTION_TERMINATED, false, true",
        "REMOTE_RESET, false, true",
        "TRY_TIMEOUT, false, true",
        "REQUEST_TIMEOUT, false, false",
        "UPSTREAM_PROTOCOL, false, false",
        "NO_HEALTHY_UPSTREAM, false, false",
        "OVERFLOW, false, false",
        "CLIENT_GONE, false, false",
        "POLICY_DENIED, false, false",
    })
    void coversFailures(FailureKind kind, boolean byDefault, boolean on5xx) {
        ProxyError error = ProxyError.of(kind);
        assertThat(DEFAULT.covers(error, HttpMethod.POST)).isEqualTo(byDefault);
        assertThat(ON_5XX.covers(error, HttpMethod.POST)).isEqualTo(on5xx);
    }

    @Test
    void repeatsOnStaleConnectionsWhatMayBeRepeated() {
        ProxyError stale = ProxyError.of(FailureKind.STALE_CONNECTION);
        assertThat(DEFAULT.covers(stale, HttpMethod.GET)).isTrue();
        assertThat(DEFAULT.covers(stale, HttpMethod.PATCH)).isFalse();
    }

    private static HttpResponse answer(int status, String grpcStatus) {
        HttpResponse head =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        if (!grpcStatus.isEmpty()) {
            head.headers().set("grpc-status", grpcStatus);
        }
        return head;
    }

    @Test
    void coversAnswersByCodeAndGrpcStatus() {
        assertThat(DEFAULT.covers(answer(503, ""), false)).isFalse();
        assertThat(ON_5XX.covers(answer(503, ""), false)).isTrue();
        assertThat(ON_5XX.covers(answer(502, ""), false)).isFalse();
        assertThat(DEFAULT.covers(answer(200, "14"), true)).isTrue();
        assertThat(DEFAULT.covers(answer(200, "1"), true)).isTrue();
        assertThat(DEFAULT.covers(answer(200, "13"), true)).isFalse();
        assertThat(DEFAULT.covers(answer(200, "14"), false)).isFalse();
    }

    @Test
    void pausesGrowToTenTimesTheBase() {
        SplittableRandom random = new SplittableRandom(5);
        for (int retry = 1; retry < 70; retry++) {
            Duration most = Duration.ofMillis(retry == 1 ? 200 : retry == 2 ? 400 : 1000);
            for (int i = 0; i < 50; i++) {
                assertThat(ON_5XX.pause(retry, random)).isPositive().isLessThanOrEqualTo(most);
            }
        }
    }

    @Test
    void theBudgetAlwaysAllowsAFewAndAFifth() {
        RetryBudget budget = new RetryBudget();
        for (int i = 0; i < 1000; i++) {
            budget.requestBegins();
        }
        int allowed = 0;
        while (budget.tryBegin()) {
            allowed++;
        }
        assertThat(allowed).isEqualTo(200);
        budget.retryEnds();
        assertThat(budget.tryBegin()).isTrue();
    }
}
