package dev.ambit.waypoint.exchange;

import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.policy.l7.RouteAction;
import dev.ambit.runtime.log.Log;
import dev.ambit.waypoint.failure.ErrorResponses;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.filter.CorsFilter;
import dev.ambit.waypoint.filter.HeaderFilter;
import dev.ambit.waypoint.filter.MirrorFilter;
import dev.ambit.waypoint.filter.RewriteFilter;
import dev.ambit.waypoint.xds.WaypointSnapshot;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request's life. The phases, in this order, each a method below: prepare the head, authorize,
 * match a route, change the request, copy it to mirrors, forward it; then the answer comes back
 * through {@link #respond} and {@link #pass}, and the record is written. Whatever goes wrong ends
 * in {@link #fail}. The snapshot is taken once. Confined to the client's loop.
 */
public final class HttpExchange {

    private static final Log LOG = Log.get("exchange");

    private final LoopContext context;
    private final ClientConnection client;
    private final Downstream downstream;
    private final HttpRequest head;
    private final boolean http2;
    private final boolean grpc;
    private final boolean upgrade;
    private final boolean awaitsContinue;
    private final WaypointSnapshot snapshot;
    private final RequestBody body;
    private final Answer answer;
    private final ExchangeRecord record;
    private final GrpcMessages requestMessages = new GrpcMessages();

    private List<RouteFilter> filters = List.of();
    private List<MirrorSender.Copy> copies = List.of();
    private @Nullable Forwarding forwarding;
    private int lastMove;
    private boolean inBatch;
    private boolean switched;
    private boolean over;

    private HttpExchange(
            LoopContext context, ClientConnection client, Downstream downstream, HttpRequest head) {
        this.context = context;
        this.client = client;
        this.downstream = downstream;
        this.head = head;
        this.http2 = downstream.http2();
        this.grpc = RequestHeads.isGrpc(head);
        this.upgrade = !http2 && RequestHeads.isUpgrade(head);
        this.awaitsContinue = HttpUtil.is100ContinueExpected(head);
        this.snapshot = context.snapshot();
        this.body = new RequestBody(context.limits().replayBytes());
        this.answer = new Answer(downstream, head.method(), grpc);
        this.record = new ExchangeRecord(client, head, grpc, http2);
        this.lastMove = context.sweeps();
    }

    /** Takes a request whose head has come; its body follows by {@link #content}. */
    public static HttpExchange of(
            LoopContext context, ClientConnection client, Downstream downstream, HttpRequest head) {
        HttpExchange exchange = new HttpExchange(context, client, downstream, head);
        context.begins(exchange);
        return exchange;
    }

    /** Goes through the phases; the answer may be complete before this returns. */
    public void start() {
        inBatch = true;
        guarded(this::judge);
    }

    /** Answers a request that could not be read. */
    public void refuse(ProxyError error) {
        fail(error);
    }

    /** A fault of ours must end one exchange, with an answer, and nothing else. */
    private void guarded(Runnable phase) {
        try {
            phase.run();
        } catch (RuntimeException e) {
            LOG.error("request failed by a fault of the proxy", "error", e);
            fail(ProxyError.of(FailureKind.INTERNAL, e));
        }
    }

    /** Prepare, authorize, match. */
    private void judge() {
        @Nullable ProxyError bad =
                RequestHeads.prepare(head, record.service(context.mesh()).hostname());
        if (bad != null) {
            fail(bad);
            return;
        }
        // Before policy: what the destination will not see must not let anybody in.
        RequestHeads.strip(head.headers(), upgrade);
        @Nullable Rules rules = Rules.of(snapshot, client.target());
        switch (Verdict.of(head, client, rules, grpc, context.random())) {
            case Verdict.Refuse refuse -> fail(refuse.error());
            case Verdict.Send send -> forward(send.forward());
            case Verdict.Reply reply -> {
                record.route(reply.rule());
                answerLocally(reply.response(), reply.flags(), reply.details());
            }
        }
    }

    /** Change the request, copy it, send it on. */
    private void forward(RouteAction.Forward forward) {
        record.route(forward.rule());
        filters = forward.filters();
        RouteFilter.@Nullable Cors cors = CorsFilter.policy(filters);
        if (cors != null && CorsFilter.isPreflight(cors, head)) {
            FullHttpResponse response = ErrorResponses.local(200, "", "text/plain", false);
            CorsFilter.answerPreflight(cors, head, response.headers());
            answerLocally(response, "-", "cors_preflight");
            return;
        }
        if (awaitsContinue) {
            // Only after policy has allowed the request may its body come.
            answer.informational(
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        RequestHeads.mark(head.headers(), client.clientIp(), context.ids());
        record.requestId(head);
        RewriteFilter.apply(filters, forward.matchedPrefix(), head);
        HeaderFilter.request(filters, head.headers());
        if (!upgrade) {
            copies = context.mirrors().begin(this, MirrorFilter.chosen(filters, context.random()));
        }
        forwarding = new Forwarding(context, this, forward);
        forwarding.next();
    }

    /** A part of the request's body. Takes ownership. */
    public void content(HttpContent part) {
        moved();
        if (over) {
            part.release();
            return;
        }
        if (grpc) {
            requestMessages.see(part.content());
        }
        for (MirrorSender.Copy copy : copies) {
            copy.tee(part);
        }
        body.add(part);
        if (forwarding != null) {
            forwarding.bodyGrew();
        }
        if (!over && body.full()) {
            downstream.reading(false);
        }
    }

    /** A batch of body parts is over. */
    public void readComplete() {
        inBatch = false;
        if (forwarding != null && !over) {
            forwarding.flush();
        }
        for (MirrorSender.Copy copy : copies) {
            copy.flush();
        }
    }

    /** The client takes more of the answer, or no more. */
    public void downstreamWritabilityChanged() {
        if (forwarding != null && !over) {
            forwarding.reading(downstream.writable());
        }
    }

    /** The client has gone; nobody waits for an answer. */
    public void gone() {
        if (!over) {
            record.failed(FailureKind.CLIENT_GONE.flag(), FailureKind.CLIENT_GONE.detail());
            end();
        }
    }

    /** The answer's final head, from a destination. */
    void respond(HttpResponse response) {
        moved();
        HopByHop.strip(response.headers());
        HeaderFilter.response(filters, response.headers());
        RouteFilter.@Nullable Cors cors = CorsFilter.policy(filters);
        if (cors != null) {
            CorsFilter.mark(cors, head, response.headers());
        }
        body.forget();
        answer.head(response);
    }

    /** A part of the answer's body. Takes ownership. */
    void pass(HttpContent part) {
        moved();
        boolean last = part instanceof LastHttpContent;
        answer.content(part);
        if (last) {
            downstream.flush();
            end();
            downstream.finished(body.complete());
        } else if (!downstream.writable() && forwarding != null) {
            forwarding.reading(false);
        }
    }

    /** Early hints and the like, for clients that have asked by HTTP/1.1 or newer. */
    void informational(HttpResponse response) {
        moved();
        boolean ours = response.status().code() == HttpResponseStatus.CONTINUE.code();
        if (!ours && !head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            HopByHop.strip(response.headers());
            answer.informational(response);
        }
    }

    /** The destination agreed to another protocol: both legs become bytes. */
    void switchProtocols(HttpResponse response, io.netty.channel.Channel upstream) {
        switched = true;
        String protocol = head.headers().get(HttpHeaderNames.UPGRADE, "");
        HopByHop.strip(response.headers());
        response.headers().set(HttpHeaderNames.UPGRADE, protocol);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        answer.head(response);
        downstream.flush();
        body.release();
        ProtocolSwitch.couple(downstream.upgrade(), upstream, this::switchedOver);
    }

    private void switchedOver(long fromClient, long toClient) {
        record.switched(fromClient, toClient);
        end();
    }

    /** Ends the exchange without the destination's answer. */
    void fail(ProxyError error) {
        fail(error, "");
    }

    /**
     * @param moreFlags response flags besides the error's own
     */
    void fail(ProxyError error, String moreFlags) {
        if (over) {
            return;
        }
        String flag = error.kind().flag();
        String flags =
                flag.equals("-") && !moreFlags.isEmpty() ? moreFlags : flag + comma(moreFlags);
        record.failed(flags, error.detail());
        if (answer.started() || error.kind().status() == 0) {
            end();
            downstream.abort();
            return;
        }
        if (error.kind().side() == FailureKind.Side.DOWNSTREAM) {
            // Whoever sends what cannot be read may mean something else by the next bytes too.
            downstream.lastAnswer();
        }
        answer.whole(ErrorResponses.of(error, grpc));
        end();
        downstream.finished(body.complete());
    }

    private static String comma(String flags) {
        return flags.isEmpty() ? "" : "," + flags;
    }

    private void answerLocally(FullHttpResponse response, String flags, String details) {
        record.failed(flags, details);
        answer.whole(response);
        end();
        downstream.finished(body.complete());
    }

    void endIfIdleSince(int sweep) {
        if (lastMove <= sweep && !switched) {
            fail(ProxyError.of(FailureKind.STREAM_IDLE));
        }
    }

    private void moved() {
        lastMove = context.sweeps();
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        if (forwarding != null) {
            forwarding.stop();
        }
        copies.forEach(MirrorSender.Copy::requestEnded);
        context.ends(this);
        context.tell(record.close(context, answer, body.received(), requestMessages.count()));
        body.release();
    }

    HttpRequest head() {
        return head;
    }

    RequestBody body() {
        return body;
    }

    boolean http2() {
        return http2;
    }

    boolean grpc() {
        return grpc;
    }

    /** Whether more of this batch may come, and with it the moment to flush. */
    boolean inBatch() {
        return inBatch;
    }

    boolean upgrade() {
        return upgrade;
    }

    boolean over() {
        return over;
    }

    boolean answerStarted() {
        return answer.started();
    }

    WaypointSnapshot snapshot() {
        return snapshot;
    }

    ClientConnection client() {
        return client;
    }

    Downstream downstream() {
        return downstream;
    }

    ExchangeRecord record() {
        return record;
    }
}
