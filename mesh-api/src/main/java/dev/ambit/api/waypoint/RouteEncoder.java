package dev.ambit.api.waypoint;

import static dev.ambit.api.waypoint.WireParts.each;

import com.google.protobuf.Timestamp;
import dev.ambit.api.proto.waypoint.Cors;
import dev.ambit.api.proto.waypoint.Filter;
import dev.ambit.api.proto.waypoint.Header;
import dev.ambit.api.proto.waypoint.Match;
import dev.ambit.api.proto.waypoint.Redirect;
import dev.ambit.api.proto.waypoint.Rewrite;
import dev.ambit.api.proto.waypoint.Route;
import dev.ambit.api.proto.waypoint.Rule;
import java.time.Instant;

/** Routes to the wire. */
final class RouteEncoder {

    private RouteEncoder() {}

    static Route route(WaypointRoute route) {
        return Route.newBuilder()
                .setKind(route.kind())
                .setNamespace(route.namespace())
                .setName(route.name())
                .setCreated(timestamp(route.created()))
                .addAllParents(each(route.parents(), RouteEncoder::parent))
                .addAllHostnames(route.hostnames())
                .addAllRules(each(route.rules(), RouteEncoder::rule))
                .build();
    }

    private static dev.ambit.api.proto.waypoint.Parent parent(Parent parent) {
        dev.ambit.api.proto.waypoint.Parent.Builder message =
                dev.ambit.api.proto.waypoint.Parent.newBuilder().setPort(parent.port());
        switch (parent) {
            case Parent.ToService to -> message.setService(WireParts.service(to.service()));
            case Parent.ToListener to -> message.setListener(WireParts.gateway(to.gateway()));
        }
        return message.build();
    }

    private static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    private static Rule rule(RouteRule rule) {
        Rule.Builder message =
                Rule.newBuilder()
                        .setName(rule.name())
                        .addAllMatches(each(rule.matches(), RouteEncoder::match))
                        .addAllFilters(each(rule.filters(), RouteEncoder::filter))
                        .addAllBackends(each(rule.backends(), RouteEncoder::backend));
        if (!rule.timeouts().equals(Timeouts.NONE)) {
            message.getTimeoutsBuilder()
                    .setRequest(WireParts.duration(rule.timeouts().request()))
                    .setBackendRequest(WireParts.duration(rule.timeouts().backendRequest()));
        }
        Retry retry = rule.retry();
        if (retry != null) {
            message.getRetryBuilder()
                    .setAttempts(retry.attempts())
                    .addAllCodes(retry.codes())
                    .setBackoff(WireParts.duration(retry.backoff()));
        }
        return message.build();
    }

    private static Match match(RequestMatch match) {
        Match.Builder message =
                Match.newBuilder()
                        .addAllHeaders(each(match.headers(), RouteEncoder::namedValue))
                        .addAllQuery(each(match.query(), RouteEncoder::namedValue))
                        .setMethod(match.method());
        switch (match.path()) {
            case null -> {}
            case PathMatch.Exact path -> message.getPathBuilder().setExact(path.value());
            case PathMatch.Prefix path -> message.getPathBuilder().setPrefix(path.value());
            case PathMatch.Regex path -> message.getPathBuilder().setRegex(path.value());
        }
        return message.build();
    }

    private static dev.ambit.api.proto.waypoint.NamedValueMatch namedValue(NamedValueMatch match) {
        dev.ambit.api.proto.waypoint.NamedValueMatch.Builder message =
                dev.ambit.api.proto.waypoint.NamedValueMatch.newBuilder().setName(match.name());
        switch (match) {
            case NamedValueMatch.Exact m -> message.setExact(m.value());
            case NamedValueMatch.Regex m -> message.setRegex(m.value());
        }
        return message.build();
    }

    private static Filter filter(RouteFilter filter) {
        Filter.Builder message = Filter.newBuilder();
        switch (filter) {
            case RouteFilter.RequestHeaders f -> message.setRequestHeaders(headers(f.change()));
            case RouteFilter.ResponseHeaders f -> message.setResponseHeaders(headers(f.change()));
            case RouteFilter.Redirect f -> message.setRedirect(redirect(f));
            case RouteFilter.Rewrite f -> message.setRewrite(rewrite(f));
            case RouteFilter.Mirror f ->
                    message.getMirrorBuilder()
                            .setBackend(to(f.backend()))
                            .setMillionths(f.millionths());
            case RouteFilter.Cors f -> message.setCors(cors(f));
            case RouteFilter.DirectResponse f ->
                    message.getRespondBuilder().setStatus(f.status()).setBody(f.body());
        }
        return message.build();
    }

    private static Redirect redirect(RouteFilter.Redirect redirect) {
        Redirect.Builder message =
                Redirect.newBuilder()
                        .setScheme(redirect.scheme())
                        .setHostname(redirect.hostname())
                        .setPort(redirect.port())
                        .setStatus(redirect.status());
        PathChange path = redirect.path();
        if (path != null) {
            message.setPath(path(path));
        }
        return message.build();
    }

    private static Rewrite rewrite(RouteFilter.Rewrite rewrite) {
        Rewrite.Builder message = Rewrite.newBuilder().setHostname(rewrite.hostname());
        PathChange path = rewrite.path();
        if (path != null) {
            message.setPath(path(path));
        }
        return message.build();
    }

    private static Cors cors(RouteFilter.Cors cors) {
        return Cors.newBuilder()
                .addAllAllowOrigins(cors.allowOrigins())
                .setAllowCredentials(cors.allowCredentials())
                .addAllAllowMethods(cors.allowMethods())
                .addAllAllowHeaders(cors.allowHeaders())
                .addAllExposeHeaders(cors.exposeHeaders())
                .setMaxAge(WireParts.duration(cors.maxAge()))
                .build();
    }

    private static dev.ambit.api.proto.waypoint.HeaderChange headers(HeaderChange change) {
        return dev.ambit.api.proto.waypoint.HeaderChange.newBuilder()
                .addAllSet(each(change.set(), RouteEncoder::header))
                .addAllAdd(each(change.add(), RouteEncoder::header))
                .addAllRemove(change.remove())
                .build();
    }

    private static Header header(HeaderChange.Header header) {
        return Header.newBuilder().setName(header.name()).setValue(header.value()).build();
    }

    private static dev.ambit.api.proto.waypoint.PathChange path(PathChange change) {
        dev.ambit.api.proto.waypoint.PathChange.Builder message =
                dev.ambit.api.proto.waypoint.PathChange.newBuilder();
        switch (change) {
            case PathChange.Full c -> message.setFull(c.path());
            case PathChange.Prefix c -> message.setPrefix(c.replacement());
        }
        return message.build();
    }

    private static dev.ambit.api.proto.waypoint.Backend backend(Backend backend) {
        return dev.ambit.api.proto.waypoint.Backend.newBuilder()
                .setTo(to(backend.to()))
                .setWeight(backend.weight())
                .addAllFilters(each(backend.filters(), RouteEncoder::filter))
                .build();
    }

    private static dev.ambit.api.proto.waypoint.BackendRef to(BackendRef ref) {
        dev.ambit.api.proto.waypoint.BackendRef.Builder message =
                dev.ambit.api.proto.waypoint.BackendRef.newBuilder();
        switch (ref) {
            case BackendRef.ToService to ->
                    message.getServiceBuilder()
                            .setService(WireParts.service(to.service()))
                            .setPort(to.port());
            case BackendRef.Invalid invalid -> message.setInvalid(invalid.reason());
        }
        return message.build();
    }
}
