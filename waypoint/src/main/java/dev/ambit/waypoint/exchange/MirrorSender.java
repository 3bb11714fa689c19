package dev.ambit.waypoint.exchange;

import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.filter.MirrorFilter;
import dev.ambit.waypoint.upstream.UpstreamAttempt;
import dev.ambit.waypoint.upstream.UpstreamListener;
import dev.ambit.waypoint.upstream.UpstreamStream;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends copies of requests and forgets the answers. A copy never holds back the request it is made
 * of: what a slow mirror does not take is bounded and then dropped with the copy, and there are
 * only so many copies at a time. Confined to the loop.
 */
final class MirrorSender {

    /** A mirror that does not answer is given up after this. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(15);

    private final LoopContext context;
    private int active;

    MirrorSender(LoopContext context) {
        this.context = context;
    }

    List<Copy> begin(HttpExchange exchange, List<BackendRef.ToService> targets) {
        if (targets.isEmpty()) {
            return List.of();
        }
        List<Copy> copies = new ArrayList<>(targets.size());
        for (BackendRef.ToService target : targets) {
            if (active >= context.limits().mirrors()) {
                context.telemetry().mirrors().dropped();
                continue;
            }
            WayFinder.Found found =
                    WayFinder.find(
                            context,
                            exchange.snapshot(),
                            exchange.client().target(),
                            target,
                            exchange.http2(),
                            Set.of());
            if (found instanceof WayFinder.Found.To to) {
                Copy copy = new Copy(shadow(exchange.head()));
                copies.add(copy);
                copy.start(to.way());
            } else {
                context.telemetry().mirrors().dropped();
            }
        }
        return copies;
    }

    private static HttpRequest shadow(HttpRequest head) {
        HttpRequest copy =
                new DefaultHttpRequest(
                        head.protocolVersion(), head.method(), head.uri(), head.headers().copy());
        @Nullable String host = head.headers().get(HttpHeaderNames.HOST);
        copy.headers().set(HttpHeaderNames.HOST, MirrorFilter.shadowHost(host == null ? "" : host));
        return copy;
    }

    /** One copy under way. */
    final class Copy implements UpstreamListener {
        private final HttpRequest head;
        private final ArrayDeque<HttpContent> waiting = new ArrayDeque<>(2);
        private @Nullable UpstreamAttempt attempt;
        private @Nullable UpstreamStream stream;
        private int waitingBytes;
        private boolean complete;
        private boolean over;

        private Copy(HttpRequest head) {
            this.head = head;
        }

        private void start(UpstreamAttempt.Way way) {
            active++;
            UpstreamAttempt.start(
                    context.upstreams(),
                    context.loop(),
                    way,
                    TIME_LIMIT,
                    this,
                    begun -> attempt = begun);
        }

        /** A part of the body; the original stays with the caller. */
        void tee(HttpContent part) {
            if (over) {
                return;
            }
            complete = part instanceof LastHttpContent;
            waitingBytes += part.content().readableBytes();
            if (waitingBytes > context.limits().mirrorBytes()) {
                drop();
                return;
            }
            waiting.add(part.retainedDuplicate());
            pump();
        }

        private void pump() {
            while (stream != null && !waiting.isEmpty() && stream.writable()) {
                HttpContent part = waiting.remove();
                waitingBytes -= part.content().readableBytes();
                stream.write(part);
            }
        }

        void flush() {
            if (stream != null && !over) {
                stream.flush();
            }
        }

        /** The request is over; without its end the copy is worthless. */
        void requestEnded() {
            if (!complete && !over) {
                drop();
            }
        }

        private void drop() {
            context.telemetry().mirrors().dropped();
            if (attempt != null) {
                attempt.cancel();
            }
            close();
        }

        private void close() {
            if (!over) {
                over = true;
                active--;
                waiting.forEach(HttpContent::release);
                waiting.clear();
            }
        }

        @Override
        public void opened(UpstreamStream opened) {
            stream = opened;
            opened.write(head);
            pump();
            opened.flush();
        }

        @Override
        public void response(HttpResponse answer) {
            if (answer.status().code() == 101) {
                drop();
            }
        }

        @Override
        public void content(HttpContent content) {
            content.release();
            if (content instanceof LastHttpContent) {
                context.telemetry().mirrors().sent();
                close();
            }
        }

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged() {
            pump();
            flush();
        }

        @Override
        public void failed(ProxyError error) {
            context.telemetry().mirrors().failed();
            close();
        }
    }
}
