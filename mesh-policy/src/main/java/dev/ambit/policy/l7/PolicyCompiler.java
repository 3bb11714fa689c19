package dev.ambit.policy.l7;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.OperationMatch;
import dev.ambit.api.waypoint.SourceMatch;
import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Compiles the rules of one policy (ambient.md 3.2). Where a request leaves room for doubt -
 * several values of a header, an attribute that is not known - an ALLOW rule does not match and a
 * DENY rule does; so no doubt ever lets a request in.
 */
final class PolicyCompiler {

    private final String policy;
    private final boolean allows;
    private final List<String> problems;

    /**
     * @param policy its key, for problems
     * @param problems hears what is asked for and cannot be judged
     */
    PolicyCompiler(String policy, HttpAuthorization.Action action, List<String> problems) {
        this.policy = policy;
        this.allows = action == HttpAuthorization.Action.ALLOW;
        this.problems = problems;
    }

    Criterion rule(AuthorizationRule rule) {
        List<Criterion> all = new ArrayList<>();
        if (!rule.from().isEmpty()) {
            all.add(anyOf(rule.from().stream().map(this::source).toList()));
        }
        if (!rule.to().isEmpty()) {
            all.add(anyOf(rule.to().stream().map(this::operation).toList()));
        }
        rule.when().forEach(condition -> all.add(condition(condition)));
        return allOf(all);
    }

    private Criterion source(SourceMatch source) {
        if (source.equals(SourceMatch.ANY)) {
            return undecided();
        }
        return allOf(
                List.of(
                        identityText(source.principals(), RequestView::principal),
                        token(source.requestPrincipals(), "requestPrincipals"),
                        identityText(source.namespaces(), RequestView::namespace),
                        identityText(source.serviceAccounts(), RequestView::account),
                        addresses(source.ipBlocks(), RequestView::source),
                        // No proxy in front is trusted, so the peer is the client.
                        addresses(source.remoteIpBlocks(), RequestView::source)));
    }

    private Criterion operation(OperationMatch operation) {
        if (operation.equals(OperationMatch.ANY)) {
            return undecided();
        }
        return allOf(
                List.of(
                        hosts(operation.hosts()),
                        ports(operation.ports(), RequestView::port),
                        methods(operation.methods()),
                        paths(operation.paths())));
    }

    private Criterion condition(Condition condition) {
        return switch (condition) {
            case Condition.OfAddress c ->
                    switch (c.key()) {
                        case "source.ip", "remote.ip" -> addresses(c.values(), RequestView::source);
                        case "destination.ip" -> addresses(c.values(), RequestView::destination);
                        default -> unknown(c.key());
                    };
            case Condition.OfPort c ->
                    c.key().equals("destination.port")
                            ? ports(c.values(), RequestView::port)
                            : unknown(c.key());
            case Condition.OfText c -> textCondition(c);
        };
    }

    private Criterion textCondition(Condition.OfText condition) {
        String key = condition.key();
        Values<ValueMatch> values = condition.values();
        if (key.startsWith("request.headers[") && key.endsWith("]")) {
            return new HeaderCriterion(
                    key.substring("request.headers[".length(), key.length() - 1), values, allows);
        }
        if (key.startsWith("request.auth.")) {
            return token(values, key);
        }
        return switch (key) {
            case "source.namespace" -> identityText(values, RequestView::namespace);
            case "source.principal" -> identityText(values, RequestView::principal);
            case "source.serviceAccount" -> identityText(values, RequestView::account);
            case "source.trustDomain" -> identityText(values, RequestView::trustDomain);
            // Inside a tunnel there is no SNI to see, so none matches.
            case "connection.sni" -> constantText(values, "");
            default -> unknown(key);
        };
    }

    private Criterion identityText(
            Values<ValueMatch> values, Function<RequestView, String> attribute) {
        if (values.isAny()) {
            return Criterion.ALWAYS;
        }
        Predicate<String> in = Text.any(values.in(), false);
        Predicate<String> notIn = Text.any(values.notIn(), false);
        boolean anyIn = values.in().isEmpty();
        return view -> {
            if (!view.hasIdentity()) {
                // Who cannot say who it is is not let in for not being somebody.
                return anyIn && !allows;
            }
            String value = attribute.apply(view);
            return (anyIn || in.test(value)) && !notIn.test(value);
        };
    }

    private static Criterion constantText(Values<ValueMatch> values, String value) {
        boolean holds =
                (values.in().isEmpty() || Text.any(values.in(), false).test(value))
                        && !Text.any(values.notIn(), false).test(value);
        return holds ? Criterion.ALWAYS : Criterion.NEVER;
    }

    private static Criterion addresses(
            Values<Cidr> values, Function<RequestView, IpAddress> attribute) {
        if (values.isAny()) {
            return Criterion.ALWAYS;
        }
        return view -> {
            IpAddress address = attribute.apply(view);
            return (values.in().isEmpty() || contains(values.in(), address))
                    && !contains(values.notIn(), address);
        };
    }

    private static boolean contains(List<Cidr> blocks, IpAddress address) {
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static Criterion ports(Values<Integer> values, ToIntFunction<RequestView> attribute) {
        if (values.isAny()) {
            return Criterion.ALWAYS;
        }
        return view -> {
            Integer port = attribute.applyAsInt(view);
            return (values.in().isEmpty() || values.in().contains(port))
                    && !values.notIn().contains(port);
        };
    }

    private Criterion methods(Values<ValueMatch> values) {
        Predicate<String> in = Text.any(values.in(), false);
        Predicate<String> notIn = Text.any(values.notIn(), false);
        return http(
                values,
                (view, http) ->
                        (values.in().isEmpty() || in.test(http.method()))
                                && !notIn.test(http.method()));
    }

    /** A host without a port stands for the host at any port. */
    private Criterion hosts(Values<ValueMatch> values) {
        Predicate<String> in = Text.any(values.in(), true);
        Predicate<String> notIn = Text.any(values.notIn(), true);
        return http(
                values,
                (view, http) -> {
                    String name = view.host(http);
                    String port = Hosts.port(http.authority());
                    String full = port.isEmpty() ? name : name + ":" + port;
                    return (values.in().isEmpty() || in.test(name) || in.test(full))
                            && !notIn.test(name)
                            && !notIn.test(full);
                });
    }

    /** Backends disagree about path parameters: a path counts as denied in either reading. */
    private Criterion paths(Values<ValueMatch> values) {
        Predicate<String> in = Text.any(values.in(), false);
        Predicate<String> notIn = Text.any(values.notIn(), false);
        return http(
                values,
                (view, http) -> {
                    String path = http.path();
                    String plain = view.plainPath(http);
                    boolean holds = values.in().isEmpty() || in.test(path);
                    boolean plainHolds = values.in().isEmpty() || in.test(plain);
                    boolean excluded = notIn.test(path);
                    boolean plainExcluded = notIn.test(plain);
                    return allows
                            ? holds && plainHolds && !excluded && !plainExcluded
                            : (holds && !excluded) || (plainHolds && !plainExcluded);
                });
    }

    private interface OfRequest {
        boolean holds(RequestView view, HttpFacts http);
    }

    /** Without HTTP an ALLOW rule that asks for it never matches, and a DENY rule stops asking. */
    private Criterion http(Values<?> values, OfRequest criterion) {
        if (values.isAny()) {
            return Criterion.ALWAYS;
        }
        return view -> {
            HttpFacts http = view.request();
            return http == null ? !allows : criterion.holds(view, http);
        };
    }

    /** No token is verified here, so no request has one: no value matches, every exception does. */
    private Criterion token(Values<ValueMatch> values, String field) {
        if (values.isAny()) {
            return Criterion.ALWAYS;
        }
        problems.add(
                policy
                        + ": "
                        + field
                        + " needs JWT, which this proxy does not verify yet: no request matches it");
        return values.in().isEmpty() && !allows ? Criterion.ALWAYS : Criterion.NEVER;
    }

    private Criterion unknown(String key) {
        problems.add(
                policy
                        + ": condition "
                        + key
                        + " is not known (expected: an attribute of Istio's AuthorizationPolicy);"
                        + (allows ? " its rule never allows" : " its rule applies without it"));
        return undecided();
    }

    private Criterion undecided() {
        return allows ? Criterion.NEVER : Criterion.ALWAYS;
    }

    private static Criterion allOf(List<Criterion> criteria) {
        List<Criterion> asked = criteria.stream().filter(c -> !c.equals(Criterion.ALWAYS)).toList();
        return switch (asked.size()) {
            case 0 -> Criterion.ALWAYS;
            case 1 -> asked.getFirst();
            default ->
                    view -> {
                        for (int i = 0; i < asked.size(); i++) {
                            if (!asked.get(i).holds(view)) {
                                return false;
                            }
                        }
                        return true;
                    };
        };
    }

    private static Criterion anyOf(List<Criterion> criteria) {
        return criteria.size() == 1
                ? criteria.getFirst()
                : view -> {
                    for (int i = 0; i < criteria.size(); i++) {
                        if (criteria.get(i).holds(view)) {
                            return true;
                        }
                    }
                    return false;
                };
    }
}
