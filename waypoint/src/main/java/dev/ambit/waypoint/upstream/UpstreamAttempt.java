package dev.ambit.waypoint.upstream;

import dev.ambit.waypoint.cluster.Endpoint;
import dev.ambit.waypoint.cluster.EndpointLoad;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.telemetry.Peer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One try at one endpoint: the way opened, time watched, load counted, and every ending made one.
 * After {@link #cancel}, failure or the last content no further event reaches the listener.
 */
public final class UpstreamAttempt implements UpstreamListener {

    private final Endpoint endpoint;
    private final EndpointLoad load;
    private final UpstreamListener listener;

    private @Nullable UpstreamStream stream;
    private @Nullable Future<?> timer;
    private boolean over;
    private boolean answered;

    private UpstreamAttempt(Endpoint endpoint, EndpointLoad load, UpstreamListener listener) {
        this.endpoint = endpoint;
        this.load = load;
        this.listener = listener;
    }

    /**
     * Starts a try. Events may come before this returns.
     *
     * @param limit time until the answer is complete; zero for none
     * @param begun receives the attempt before its first event
     */
    public static void start(
            Upstreams upstreams,
            EventLoop loop,
            Way way,
            Duration limit,
            UpstreamListener listener,
            java.util.function.Consumer<UpstreamAttempt> begun) {
        UpstreamAttempt attempt = new UpstreamAttempt(way.endpoint(), way.load(), listener);
        begun.accept(attempt);
        attempt.load.begin();
        if (limit.isPositive()) {
            attempt.timer = loop.schedule(attempt::timeUp, limit.toNanos(), TimeUnit.NANOSECONDS);
        }
        upstreams.open(way.destination(), way.overHttp2(), attempt);
    }

    /**
     * What was chosen for the try.
     *
     * @param peer the endpoint as metrics name it
     */
    public record Way(
            Endpoint endpoint,
            EndpointLoad load,
            Destination destination,
            Peer peer,
            boolean overHttp2) {}

    public Endpoint endpoint() {
        return endpoint;
    }

    public @Nullable UpstreamStream stream() {
        return stream;
    }

    /** Gives up without telling the listener. */
    public void cancel() {
        if (finish() && stream != null) {
            stream.cancel();
        }
    }

    /** The stream belongs to somebody else now: time and events no longer concern this try. */
    public void detach() {
        finish();
    }

    private void timeUp() {
        if (finish()) {
            if (stream != null) {
                stream.cancel();
            }
            listener.failed(ProxyError.of(FailureKind.TRY_TIMEOUT));
        }
    }

    /** True the first time. */
    private boolean finish() {
        if (over) {
            return false;
        }
        over = true;
        load.end();
        if (timer != null) {
            timer.cancel(false);
        }
        return true;
    }

    @Override
    public void opened(UpstreamStream opened) {
        stream = opened;
        if (over) {
            opened.cancel();
        } else {
            listener.opened(opened);
        }
    }

    @Override
    public void response(HttpResponse head) {
        if (!over) {
            answered |= head.status().codeClass() != HttpStatusClass.INFORMATIONAL;
            listener.response(head);
        }
    }

    @Override
    public void content(HttpContent content) {
        boolean wanted = !over;
        if (content instanceof LastHttpContent) {
            finish();
        }
        if (wanted) {
            listener.content(content);
        } else {
            content.release();
        }
    }

    @Override
    public void readComplete() {
        listener.readComplete();
    }

    @Override
    public void writabilityChanged() {
        if (!over) {
            listener.writabilityChanged();
        }
    }

    @Override
    public void failed(ProxyError error) {
        if (finish()) {
            listener.failed(error);
        }
    }

    /** True once the final answer's head has come. */
    public boolean answered() {
        return answered;
    }
}
