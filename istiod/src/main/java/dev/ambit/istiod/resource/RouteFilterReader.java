package dev.ambit.istiod.resource;

import dev.ambit.api.waypoint.HeaderChange;
import dev.ambit.api.waypoint.PathChange;
import dev.ambit.api.waypoint.RouteFilter;
import dev.ambit.istiod.resource.HttpRoute.Filter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The filters of an HTTPRoute. */
final class RouteFilterReader {
    private RouteFilterReader() {}

    /** Null if it is not valid (then noted). */
    static @Nullable Filter read(String namespace, Fields filter) {
        String type = filter.required("type");
        return switch (type) {
            case "RequestHeaderModifier" ->
                    complete(
                            new RouteFilter.RequestHeaders(
                                    headers(filter.object("requestHeaderModifier"))));
            case "ResponseHeaderModifier" ->
                    complete(
                            new RouteFilter.ResponseHeaders(
                                    headers(filter.object("responseHeaderModifier"))));
            case "RequestRedirect" -> redirect(filter.object("requestRedirect"));
            case "URLRewrite" -> {
                Fields rewrite = filter.object("urlRewrite");
                yield complete(
                        new RouteFilter.Rewrite(rewrite.text("hostname", ""), path(rewrite)));
            }
            case "RequestMirror" -> mirror(namespace, filter.object("requestMirror"));
            case "CORS" -> cors(filter.object("cors"));
            case "" -> null;
            default -> {
                filter.unsupported(
                        "type",
                        "\""
                                + type
                                + "\" (expected: RequestHeaderModifier, ResponseHeaderModifier,"
                                + " RequestRedirect, URLRewrite, RequestMirror or CORS)",
                        "remove the filter");
                yield null;
            }
        };
    }

    private static Filter complete(RouteFilter filter) {
        return new Filter.Complete(filter);
    }

    private static HeaderChange headers(Fields modifier) {
        return new HeaderChange(
                pairs(modifier, "set"), pairs(modifier, "add"), modifier.texts("remove"));
    }

    private static List<HeaderChange.Header> pairs(Fields modifier, String field) {
        List<HeaderChange.Header> pairs = new ArrayList<>();
        for (Fields header : modifier.objects(field)) {
            String name = header.required("name");
            if (!name.isEmpty()) {
                pairs.add(new HeaderChange.Header(name, header.text("value", "")));
            }
        }
        return pairs;
    }

    private static @Nullable Filter redirect(Fields redirect) {
        int status = redirect.integer("statusCode", 302, 300, 399);
        return complete(
                new RouteFilter.Redirect(
                        redirect.text("scheme", ""),
                        redirect.text("hostname", ""),
                        path(redirect),
                        redirect.integer("port", 0, 1, 65535),
                        status));
    }

    private static @Nullable PathChange path(Fields of) {
        if (!of.has("path")) {
            return null;
        }
        Fields path = of.object("path");
        return switch (path.required("type")) {
            case "ReplaceFullPath" -> new PathChange.Full(path.text("replaceFullPath", "/"));
            case "ReplacePrefixMatch" ->
                    new PathChange.Prefix(path.text("replacePrefixMatch", "/"));
            case "" -> null;
            default -> {
                path.invalid("type", "one of ReplaceFullPath, ReplacePrefixMatch");
                yield null;
            }
        };
    }

    private static Filter mirror(String namespace, Fields mirror) {
        if (!mirror.has("backendRef")) {
            mirror.missing("backendRef");
        }
        int millionths = RouteFilter.Mirror.ALL;
        if (mirror.has("percent")) {
            millionths = mirror.integer("percent", 100, 0, 100) * 10_000;
        } else if (mirror.has("fraction")) {
            Fields fraction = mirror.object("fraction");
            int denominator = fraction.integer("denominator", 100, 1, Integer.MAX_VALUE);
            int numerator = fraction.integer("numerator", 0, 0, denominator);
            millionths = (int) (1_000_000L * numerator / denominator);
        }
        return new Filter.Mirror(
                HttpRouteReader.backendRef(namespace, mirror.object("backendRef")), millionths);
    }

    private static Filter cors(Fields cors) {
        return complete(
                new RouteFilter.Cors(
                        cors.texts("allowOrigins"),
                        cors.flag("allowCredentials"),
                        cors.texts("allowMethods"),
                        cors.texts("allowHeaders"),
                        cors.texts("exposeHeaders"),
                        Duration.ofSeconds(cors.integer("maxAge", 5, 1, Integer.MAX_VALUE))));
    }
}
