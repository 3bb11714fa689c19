package dev.ambit.istiod.resource;

import dev.ambit.api.waypoint.NamedValueMatch;
import dev.ambit.api.waypoint.PathMatch;
import dev.ambit.api.waypoint.RequestMatch;
import dev.ambit.api.waypoint.Retry;
import dev.ambit.api.waypoint.Timeouts;
import dev.ambit.istiod.resource.HttpRoute.Backend;
import dev.ambit.istiod.resource.HttpRoute.BackendRef;
import dev.ambit.istiod.resource.HttpRoute.Filter;
import dev.ambit.istiod.resource.HttpRoute.ParentRef;
import dev.ambit.istiod.resource.HttpRoute.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** HTTPRoute: everything but its filters, which {@link RouteFilterReader} reads. */
final class HttpRouteReader {
    /** A regular expression longer than this is refused before anybody compiles it. */
    private static final int MAX_REGEX = 1024;

    private HttpRouteReader() {}

    static MeshObject read(Meta meta, Fields route) {
        Fields spec = route.object("spec");
        String namespace = meta.name().namespace();
        List<ParentRef> parents = new ArrayList<>();
        for (Fields ref : spec.objects("parentRefs")) {
            parents.add(
                    new ParentRef(
                            ref.text("group", ResourceReader.GATEWAY_API),
                            ref.text("kind", "Gateway"),
                            ref.text("namespace", namespace),
                            ref.required("name"),
                            ref.text("sectionName", ""),
                            ref.integer("port", 0, 1, 65535)));
        }
        List<Rule> rules = new ArrayList<>();
        for (Fields rule : spec.objects("rules")) {
            rules.add(rule(namespace, rule));
        }
        if (rules.isEmpty() && !spec.has("rules")) {
            // The API's default: one rule that matches every path and goes nowhere.
            rules.add(new Rule("", List.of(), List.of(), List.of(), Timeouts.NONE, null));
        }
        return new HttpRoute(meta, parents, spec.texts("hostnames"), rules);
    }

    private static Rule rule(String namespace, Fields rule) {
        List<RequestMatch> matches = new ArrayList<>();
        for (Fields match : rule.objects("matches")) {
            matches.add(match(match));
        }
        List<Backend> backends = new ArrayList<>();
        for (Fields backend : rule.objects("backendRefs")) {
            backends.add(
                    new Backend(
                            backendRef(namespace, backend),
                            backend.integer("weight", 1, 0, 1_000_000),
                            filters(namespace, backend)));
        }
        return new Rule(
                rule.text("name", ""),
                matches,
                filters(namespace, rule),
                backends,
                timeouts(rule.object("timeouts")),
                rule.has("retry") ? retry(rule.object("retry")) : null);
    }

    private static List<Filter> filters(String namespace, Fields of) {
        List<Filter> filters = new ArrayList<>();
        for (Fields filter : of.objects("filters")) {
            Filter read = RouteFilterReader.read(namespace, filter);
            if (read != null) {
                filters.add(read);
            }
        }
        return filters;
    }

    static BackendRef backendRef(String namespace, Fields ref) {
        return new BackendRef(
                ref.text("group", ""),
                ref.text("kind", "Service"),
                ref.text("namespace", namespace),
                ref.required("name"),
                ref.integer("port", 0, 1, 65535));
    }

    private static RequestMatch match(Fields match) {
        return new RequestMatch(
                match.has("path") ? path(match.object("path")) : null,
                named(match, "headers"),
                named(match, "queryParams"),
                match.text("method", ""));
    }

    private static @Nullable PathMatch path(Fields path) {
        String value = path.text("value", "/");
        String type = path.text("type", "PathPrefix");
        if (!type.equals("RegularExpression") && !value.startsWith("/")) {
            path.invalid("value", "an absolute path, as /reviews");
            return null;
        }
        return switch (type) {
            case "Exact" -> new PathMatch.Exact(value);
            case "PathPrefix" -> new PathMatch.Prefix(value);
            case "RegularExpression" -> {
                checkRegex(path, value);
                yield new PathMatch.Regex(value);
            }
            default -> {
                path.invalid("type", "one of Exact, PathPrefix, RegularExpression");
                yield null;
            }
        };
    }

    private static List<NamedValueMatch> named(Fields match, String field) {
        List<NamedValueMatch> found = new ArrayList<>();
        for (Fields entry : match.objects(field)) {
            String name = entry.required("name");
            String value = entry.text("value", "");
            if (name.isEmpty()) {
                continue;
            }
            switch (entry.text("type", "Exact")) {
                case "Exact" -> found.add(new NamedValueMatch.Exact(name, value));
                case "RegularExpression" -> {
                    checkRegex(entry, value);
                    found.add(new NamedValueMatch.Regex(name, value));
                }
                default -> entry.invalid("type", "one of Exact, RegularExpression");
            }
        }
        return found;
    }

    private static void checkRegex(Fields fields, String value) {
        if (value.length() > MAX_REGEX) {
            fields.tooLong("value", value.length(), MAX_REGEX);
        }
    }

    private static Timeouts timeouts(Fields timeouts) {
        return new Timeouts(
                duration(timeouts, "request", Duration.ZERO),
                duration(timeouts, "backendRequest", Duration.ZERO));
    }

    private static Retry retry(Fields retry) {
        List<Integer> codes = new ArrayList<>();
        if (retry.raw("codes") instanceof List<?> list) {
            for (Object code : list) {
                if (Fields.isWhole(code)
                        && ((Number) code).longValue() >= 400
                        && ((Number) code).longValue() <= 599) {
                    codes.add(((Number) code).intValue());
                } else {
                    retry.invalid("codes", "codes of 400-599");
                }
            }
        }
        return new Retry(
                retry.integer("attempts", Retry.DEFAULT.attempts(), 0, 100),
                codes,
                duration(retry, "backoff", Retry.DEFAULT.backoff()));
    }

    /** Gateway API durations: {@code 1h2m3s4ms}. */
    static Duration duration(Fields fields, String name, Duration otherwise) {
        Duration found =
                fields.parsedText(
                        name,
                        text -> {
                            Duration d = GatewayDuration.parse(text);
                            if (d == null) {
                                throw new IllegalArgumentException(
                                        "\""
                                                + text
                                                + "\" (expected: a duration as 1m30s or 250ms)");
                            }
                            return d;
                        });
        return found == null ? otherwise : found;
    }
}
