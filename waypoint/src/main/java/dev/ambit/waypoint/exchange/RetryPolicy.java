package dev.ambit.waypoint.exchange;

import dev.ambit.api.waypoint.Retry;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether there is a next try, and when. Pure.
 *
 * @param attempts further tries after the first
 * @param codes statuses that are tried again besides Istio's default conditions
 * @param backoff base of the pause before a try
 */
record RetryPolicy(int attempts, Set<Integer> codes, Duration backoff) {

    /** Envoy's default base interval. */
    static final Duration DEFAULT_BACKOFF = Duration.ofMillis(25);

    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(
                    HttpMethod.GET,
                    HttpMethod.HEAD,
                    HttpMethod.OPTIONS,
                    HttpMethod.PUT,
                    HttpMethod.DELETE,
                    HttpMethod.TRACE);

    static RetryPolicy of(Retry retry) {
        return new RetryPolicy(
                retry.attempts(),
                Set.copyOf(retry.codes()),
                retry.backoff().isPositive() ? retry.backoff() : DEFAULT_BACKOFF);
    }

    RetryPolicy {
        codes = Set.copyOf(codes);
    }

    /** Whether a failed try is of the kind that may be tried again. */
    boolean covers(ProxyError error, HttpMethod method) {
        return switch (error.kind().retry()) {
            case NEVER -> false;
            case CONNECT_FAILURE, REFUSED_STREAM -> true;
            // RFC 9110 9.2.2: a proxy may repeat an idempotent request when its pooled connection
            // closed before an answer; the destination closed it for idleness as we wrote.
            case STALE_CONNECTION -> IDEMPOTENT.contains(method);
            // Gateway API: a failed try with a code the user listed; these failures become 503,
            // 504.
            case RESET -> codes.contains(FailureKind.REMOTE_RESET.status());
            case TRY_TIMEOUT -> codes.contains(FailureKind.TRY_TIMEOUT.status());
        };
    }

    /** Whether an answer is to be tried again instead of passed on. */
    boolean covers(HttpResponse head, boolean grpc) {
        if (codes.contains(head.status().code())) {
            return true;
        }
        if (!grpc) {
            return false;
        }
        @Nullable String status = head.headers().get("grpc-status");
        return status != null && (status.equals("14") || status.equals("1"));
    }

    /**
     * Envoy's fully jittered exponential back-off: up to base * 2^n, at most ten times the base.
     */
    Duration pause(int retry, RandomGenerator random) {
        long base = Math.max(1, backoff.toNanos());
        long ceiling = Math.min(base * 10, base << Math.min(retry, 4));
        return Duration.ofNanos(random.nextLong(ceiling) + 1);
    }
}
