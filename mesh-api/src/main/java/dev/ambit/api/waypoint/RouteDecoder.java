package dev.ambit.api.waypoint;

import static dev.ambit.api.waypoint.WireParts.each;

import dev.ambit.api.proto.waypoint.Filter;
import dev.ambit.api.proto.waypoint.Match;
import dev.ambit.api.proto.waypoint.Route;
import dev.ambit.api.proto.waypoint.Rule;
import java.time.Instant;

/** Routes from the wire. */
final class RouteDecoder {

    private RouteDecoder() {}

    static WaypointRoute route(Route message) {
        return new WaypointRoute(
                message.getKind(),
                message.getNamespace(),
                message.getName(),
                Instant.ofEpochSecond(
                        message.getCreated().getSeconds(), message.getCreated().getNanos()),
                each(message.getParentsList(), RouteDecoder::parent),
                message.getHostnamesList(),
                each(message.getRulesList(), RouteDecoder::rule));
    }

    private static Parent parent(dev.ambit.api.proto.waypoint.Parent message) {
        return switch (message.getParentCase()) {
            case SERVICE ->
                    new Parent.ToService(
                            WireParts.service(message.getService()), message.getPort());
            case LISTENER ->
                    new Parent.ToListener(
                            WireParts.gateway(message.getListener()), message.getPort());
            case PARENT_NOT_SET -> throw WireParts.unset("parent");
        };
    }

    private static RouteRule rule(Rule message) {
        return new RouteRule(
                message.getName(),
                each(message.getMatchesList(), RouteDecoder::match),
                each(message.getFiltersList(), RouteDecoder::filter),
                each(message.getBackendsList(), RouteDecoder::backend),
                new Timeouts(
                        WireParts.duration(message.getTimeouts().getRequest()),
                        WireParts.duration(message.getTimeouts().getBackendRequest())),
                message.hasRetry() ? retry(message.getRetry()) : null);
    }

    private static RequestMatch match(Match message) {
        return new RequestMatch(
                message.hasPath() ? path(message.getPath()) : null,
                each(message.getHeadersList(), RouteDecoder::namedValue),
                each(message.getQueryList(), RouteDecoder::namedValue),
                message.getMethod());
    }

    private static PathMatch path(dev.ambit.api.proto.waypoint.PathMatch message) {
        return switch (message.getMatchCase()) {
            case EXACT -> new PathMatch.Exact(message.getExact());
            case PREFIX -> new PathMatch.Prefix(message.getPrefix());
            case REGEX -> new PathMatch.Regex(message.getRegex());
            case MATCH_NOT_SET -> throw WireParts.unset("path");
        };
    }

    private static NamedValueMatch namedValue(
            dev.ambit.api.proto.waypoint.NamedValueMatch message) {
        return switch (message.getMatchCase()) {
            case EXACT -> new NamedValueMatch.Exact(message.getName(), message.getExact());
            case REGEX -> new NamedValueMatch.Regex(message.getName(), message.getRegex());
            case MATCH_NOT_SET -> throw WireParts.unset("match of " + message.getName());
        };
    }

    private static RouteFilter filter(Filter message) {
        return switch (message.getFilterCase()) {
            case REQUEST_HEADERS ->
                    new RouteFilter.RequestHeaders(headers(message.getRequestHeaders()));
            case RESPONSE_HEADERS ->
                    new RouteFilter.ResponseHeaders(headers(message.getResponseHeaders()));
            case REDIRECT -> redirect(message.getRedirect());
            case REWRITE ->
                    new RouteFilter.Rewrite(
                            message.getRewrite().getHostname(),
                            message.getRewrite().hasPath()
                                    ? path(message.getRewrite().getPath())
                                    : null);
            case MIRROR ->
                    new RouteFilter.Mirror(
                            to(message.getMirror().getBackend()),
                            message.getMirror().getMillionths());
            case CORS -> cors(message.getCors());
            case RESPOND ->
                    new RouteFilter.DirectResponse(
                            message.getRespond().getStatus(), message.getRespond().getBody());
            // Leaving one out would send requests on that somebody wanted changed.
            case FILTER_NOT_SET -> throw WireParts.unset("filter");
        };
    }

    private static RouteFilter redirect(dev.ambit.api.proto.waypoint.Redirect message) {
        return new RouteFilter.Redirect(
                message.getScheme(),
                message.getHostname(),
                message.hasPath() ? path(message.getPath()) : null,
                message.getPort(),
                message.getStatus());
    }

    private static RouteFilter cors(dev.ambit.api.proto.waypoint.Cors message) {
        return new RouteFilter.Cors(
                message.getAllowOriginsList(),
                message.getAllowCredentials(),
                message.getAllowMethodsList(),
                message.getAllowHeadersList(),
                message.getExposeHeadersList(),
                WireParts.duration(message.getMaxAge()));
    }

    private static HeaderChange headers(dev.ambit.api.proto.waypoint.HeaderChange message) {
        return new HeaderChange(
                each(message.getSetList(), RouteDecoder::header),
                each(message.getAddList(), RouteDecoder::header),
                message.getRemoveList());
    }

    private static HeaderChange.Header header(dev.ambit.api.proto.waypoint.Header message) {
        return new HeaderChange.Header(message.getName(), message.getValue());
    }

    private static PathChange path(dev.ambit.api.proto.waypoint.PathChange message) {
        return switch (message.getChangeCase()) {
            case FULL -> new PathChange.Full(message.getFull());
            case PREFIX -> new PathChange.Prefix(message.getPrefix());
            case CHANGE_NOT_SET -> throw WireParts.unset("path");
        };
    }

    private static Backend backend(dev.ambit.api.proto.waypoint.Backend message) {
        return new Backend(
                to(message.getTo()),
                message.getWeight(),
                each(message.getFiltersList(), RouteDecoder::filter));
    }

    private static BackendRef to(dev.ambit.api.proto.waypoint.BackendRef message) {
        return switch (message.getToCase()) {
            case SERVICE ->
                    new BackendRef.ToService(
                            WireParts.service(message.getService().getService()),
                            message.getService().getPort());
            case INVALID -> new BackendRef.Invalid(message.getInvalid());
            case TO_NOT_SET -> throw WireParts.unset("backend");
        };
    }

    private static Retry retry(dev.ambit.api.proto.waypoint.Retry message) {
        return new Retry(
                message.getAttempts(),
                message.getCodesList(),
                WireParts.duration(message.getBackoff()));
    }
}
