package dev.ambit.waypoint.exchange;

import dev.ambit.policy.Decision;
import dev.ambit.policy.l7.HttpAuthorizer;
import dev.ambit.policy.l7.RouteAction;
import dev.ambit.policy.l7.RouteMatcher;
import dev.ambit.policy.l7.RouteName;
import dev.ambit.waypoint.failure.ErrorResponses;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.filter.HeaderFilter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What is to become of a request, decided before anything of it is sent. */
sealed interface Verdict {

    /** An error is the answer. */
    record Refuse(ProxyError error) implements Verdict {}

    /** The route itself is the answer. */
    record Reply(@Nullable RouteName rule, FullHttpResponse response, String flags, String details)
            implements Verdict {}

    /** A destination is asked. */
    record Send(RouteAction.Forward forward) implements Verdict {}

    /**
     * Authorizes, then matches a route. Pure.
     *
     * @param head prepared: what policy and routes see is what the destination gets
     * @param rules of the target, null if it is not served any more
     */
    static Verdict of(
            HttpRequest head,
            ClientConnection client,
            @Nullable Rules rules,
            boolean grpc,
            RandomGenerator random) {
        if (rules == null) {
            return new Refuse(ProxyError.of(FailureKind.NO_CLUSTER));
        }
        RequestFacts facts = RequestFacts.of(client.facts(), head);
        if (HttpAuthorizer.decide(facts, rules.policies()) instanceof Decision.Denied denied) {
            return new Refuse(
                    new ProxyError(FailureKind.POLICY_DENIED, Rules.denialDetail(denied)));
        }
        return switch (RouteMatcher.match(facts, rules.routes(), random)) {
            case RouteAction.Redirect redirect -> reply(redirect);
            case RouteAction.Respond own -> reply(own, grpc);
            case RouteAction.Forward forward -> new Send(forward);
        };
    }

    private static Reply reply(RouteAction.Redirect redirect) {
        FullHttpResponse response =
                ErrorResponses.local(redirect.status(), "", "text/plain", false);
        response.headers().set(HttpHeaderNames.LOCATION, redirect.location());
        HeaderFilter.response(redirect.filters(), response.headers());
        return new Reply(redirect.rule(), response, "-", "direct_response");
    }

    private static Reply reply(RouteAction.Respond own, boolean grpc) {
        FullHttpResponse response =
                ErrorResponses.local(own.status(), own.body(), "text/plain", grpc);
        HeaderFilter.response(own.filters(), response.headers());
        boolean noRoute = own.rule() == null && own.status() == FailureKind.NO_ROUTE.status();
        return new Reply(
                own.rule(),
                response,
                noRoute ? FailureKind.NO_ROUTE.flag() : "-",
                noRoute ? FailureKind.NO_ROUTE.detail() : "direct_response");
    }
}
