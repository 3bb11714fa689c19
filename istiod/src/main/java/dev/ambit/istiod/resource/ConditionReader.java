package dev.ambit.istiod.resource;

import dev.ambit.api.Cidr;
import dev.ambit.api.waypoint.Values;
import dev.ambit.istiod.resource.AuthorizationPolicy.Condition;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** {@code when} of an AuthorizationPolicy: the key must be known, the values of its type. */
final class ConditionReader {
    private static final Set<String> KEYS =
            Set.of(
                    "source.ip",
                    "remote.ip",
                    "source.namespace",
                    "source.principal",
                    "source.serviceAccount",
                    "destination.ip",
                    "destination.port",
                    "connection.sni",
                    "request.auth.principal",
                    "request.auth.audiences",
                    "request.auth.presenter");

    /** Keys that go on with a name in brackets. */
    private static final List<String> NAMED =
            List.of("request.headers[", "request.auth.claims[", "experimental.envoy.filters.");

    private ConditionReader() {}

    static Condition read(Fields entry) {
        String key = entry.required("key");
        if (!key.isEmpty() && !KEYS.contains(key) && NAMED.stream().noneMatch(key::startsWith)) {
            entry.invalid("key", "an attribute as source.ip or request.headers[name]");
        }
        check(entry, key);
        return new Condition(key, new Values<>(entry.texts("values"), entry.texts("notValues")));
    }

    private static void check(Fields entry, String key) {
        switch (key) {
            case "source.ip", "remote.ip", "destination.ip" -> parse(entry, Cidr::parse);
            case "destination.port" -> parse(entry, AuthorizationPolicyReader::port);
            case "source.serviceAccount" -> parse(entry, ConditionReader::account);
            default -> {}
        }
    }

    private static <T> void parse(Fields entry, Function<String, T> parser) {
        List<T> _ = entry.parsed("values", parser);
        List<T> _ = entry.parsed("notValues", parser);
    }

    private static String account(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new IllegalArgumentException("\"" + text + "\" (expected: namespace/account)");
        }
        return text;
    }
}
