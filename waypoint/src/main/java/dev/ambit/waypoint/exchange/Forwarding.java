package dev.ambit.waypoint.exchange;

import dev.ambit.policy.l7.RouteAction;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.upstream.UpstreamAttempt;
import dev.ambit.waypoint.upstream.UpstreamListener;
import dev.ambit.waypoint.upstream.UpstreamStream;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request to endpoints of its backend until one answers or nothing more may be tried.
 * Owns the tries, their pauses, and the time of the whole. Confined to the loop.
 */
final class Forwarding implements UpstreamListener {

    private static final String RETRY_LIMIT = "URX";

    private final LoopContext context;
    private final HttpExchange exchange;
    private final RouteAction.Forward route;
    private final RetryPolicy retries;
    private final Set<String> tried = new HashSet<>(2);

    private @Nullable UpstreamAttempt attempt;
    private @Nullable Future<?> totalTimer;
    private @Nullable Future<?> pause;
    private int retriesDone;
    private boolean retryCounted;
    private boolean writing;
    private boolean stopped;
    private long sentNanos;

    Forwarding(LoopContext context, HttpExchange exchange, RouteAction.Forward route) {
        this.context = context;
        this.exchange = exchange;
        this.route = route;
        this.retries = RetryPolicy.of(route.retry());
    }

    /** Starts a try at an endpoint not tried before, if there is one. */
    void next() {
        pause = null;
        WayFinder.Found found =
                WayFinder.find(
                        context,
                        exchange.snapshot(),
                        exchange.client().target(),
                        route.to(),
                        exchange.http2(),
                        tried);
        switch (found) {
            case WayFinder.Found.None none ->
                    exchange.fail(none.error(), retriesDone > 0 ? RETRY_LIMIT : "");
            case WayFinder.Found.To to -> begin(to.way());
        }
    }

    private void begin(UpstreamAttempt.Way way) {
        tried.add(way.endpoint().workload().uid());
        exchange.record().chosen(way, route.to());
        sentNanos = System.nanoTime();
        writing = false;
        UpstreamAttempt.start(
                context.upstreams(),
                context.loop(),
                way,
                route.timeouts().backendRequest(),
                this,
                begun -> attempt = begun);
        startTotalTimer();
    }

    /** The route's time runs from the end of the request, as in Envoy. */
    private void startTotalTimer() {
        Duration limit = route.timeouts().request();
        if (limit.isPositive() && totalTimer == null && exchange.body().complete() && !stopped) {
            totalTimer =
                    context.loop().schedule(this::timeUp, limit.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void timeUp() {
        if (!stopped) {
            exchange.fail(ProxyError.of(FailureKind.REQUEST_TIMEOUT));
        }
    }

    @Override
    public void opened(UpstreamStream stream) {
        if (exchange.upgrade() && exchange.body().received() > 0) {
            exchange.fail(ProxyError.of(FailureKind.BAD_REQUEST));
            return;
        }
        exchange.record().connected(stream.channel());
        writing = true;
        stream.write(exchange.head());
        bodyGrew();
        if (!exchange.inBatch()) {
            stream.flush();
        }
    }

    /** There is more of the body, or more room for it. */
    void bodyGrew() {
        if (exchange.body().complete()) {
            startTotalTimer();
        }
        @Nullable UpstreamStream stream = attempt == null ? null : attempt.stream();
        if (!writing || stream == null) {
            return;
        }
        boolean wasFull = exchange.body().full();
        exchange.body().pump(stream);
        if (wasFull && !exchange.body().full()) {
            exchange.downstream().reading(true);
        }
    }

    void flush() {
        @Nullable UpstreamStream stream = attempt == null ? null : attempt.stream();
        if (writing && stream != null) {
            stream.flush();
        }
    }

    /** The client is slow, or is not any more. */
    void reading(boolean on) {
        @Nullable UpstreamStream stream = attempt == null ? null : attempt.stream();
        if (stream != null) {
            stream.reading(on);
        }
    }

    @Override
    public void response(HttpResponse head) {
        if (head.status().code() == 101) {
            switchProtocols(head);
        } else if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            exchange.informational(head);
        } else if (retries.covers(head, exchange.grpc()) && again()) {
            return;
        } else {
            exchange.record().answered(System.nanoTime() - sentNanos);
            if (retriesDone > 0 && retries.covers(head, exchange.grpc())) {
                exchange.record().addFlag(RETRY_LIMIT);
            }
            exchange.respond(head);
        }
    }

    private void switchProtocols(HttpResponse head) {
        UpstreamAttempt current = attempt;
        UpstreamStream stream = current == null ? null : current.stream();
        if (!exchange.upgrade() || current == null || stream == null) {
            exchange.fail(
                    new ProxyError(
                            FailureKind.UPSTREAM_PROTOCOL,
                            FailureKind.UPSTREAM_PROTOCOL.detail() + "{101 was not asked for}"));
            return;
        }
        exchange.record().answered(System.nanoTime() - sentNanos);
        current.detach();
        attempt = null;
        exchange.switchProtocols(head, stream.channel());
    }

    @Override
    public void content(HttpContent content) {
        UpstreamAttempt current = attempt;
        if (exchange.over()) {
            content.release();
            return;
        }
        if (content instanceof LastHttpContent) {
            abandonUpload(current);
        }
        exchange.pass(content);
    }

    /** The answer is complete before the request: what is left of the request has no reader. */
    private void abandonUpload(@Nullable UpstreamAttempt current) {
        if (current != null && !exchange.body().sent() && current.stream() != null) {
            current.stream().cancel();
        }
        attempt = null;
    }

    @Override
    public void readComplete() {
        if (!stopped) {
            exchange.downstream().flush();
        }
    }

    @Override
    public void writabilityChanged() {
        bodyGrew();
        flush();
    }

    @Override
    public void failed(ProxyError error) {
        attempt = null;
        writing = false;
        exchange.record().upstreamFailed(error);
        boolean repeatable = !exchange.answerStarted() && covers(error);
        if (repeatable && again()) {
            return;
        }
        exchange.fail(error, repeatable && retries.attempts() > 0 ? RETRY_LIMIT : "");
    }

    private boolean covers(ProxyError error) {
        return retries.covers(error, exchange.head().method());
    }

    /** Plans another try; false if none is allowed. */
    private boolean again() {
        if (stopped
                || retriesDone >= retries.attempts()
                || !exchange.body().replayable()
                || exchange.upgrade()
                || (!retryCounted && !context.retryBudget().tryBegin())) {
            return false;
        }
        retryCounted = true;
        retriesDone++;
        cancelAttempt();
        exchange.body().rewind();
        Duration wait = retries.pause(retriesDone, context.random());
        pause = context.loop().schedule(this::next, wait.toNanos(), TimeUnit.NANOSECONDS);
        return true;
    }

    private void cancelAttempt() {
        UpstreamAttempt current = attempt;
        attempt = null;
        writing = false;
        if (current != null) {
            current.cancel();
        }
    }

    /** The exchange is over, however it went. */
    void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        if (totalTimer != null) {
            totalTimer.cancel(false);
        }
        if (pause != null) {
            pause.cancel(false);
        }
        if (retryCounted) {
            context.retryBudget().retryEnds();
        }
        cancelAttempt();
    }
}
