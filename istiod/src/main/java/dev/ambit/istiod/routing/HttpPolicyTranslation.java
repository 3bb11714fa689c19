package dev.ambit.istiod.routing;

import dev.ambit.api.Cidr;
import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.HttpAuthorization;
import dev.ambit.api.waypoint.OperationMatch;
import dev.ambit.api.waypoint.SourceMatch;
import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import dev.ambit.istiod.resource.AuthorizationPolicy;
import dev.ambit.istiod.resource.AuthorizationPolicy.Operation;
import dev.ambit.istiod.resource.AuthorizationPolicy.Source;
import dev.ambit.istiod.routing.Problem.Reason;
import java.util.List;
import java.util.function.Function;

/** The rules of an AuthorizationPolicy as a waypoint judges them. Pure. */
final class HttpPolicyTranslation {

    private static final String SCHEME = "spiffe://";

    private final List<Problem> problems;

    private HttpPolicyTranslation(List<Problem> problems) {
        this.problems = problems;
    }

    /**
     * @param problems hears what of the policy has not the effect its author meant
     */
    static HttpAuthorization translate(AuthorizationPolicy policy, List<Problem> problems) {
        HttpPolicyTranslation translation = new HttpPolicyTranslation(problems);
        return new HttpAuthorization(
                translation.action(policy),
                policy.dryRun(),
                policy.rules().stream().map(translation::rule).toList());
    }

    private HttpAuthorization.Action action(AuthorizationPolicy policy) {
        return switch (policy.action()) {
            case ALLOW -> HttpAuthorization.Action.ALLOW;
            case DENY -> HttpAuthorization.Action.DENY;
            case AUDIT -> HttpAuthorization.Action.AUDIT;
            case CUSTOM -> {
                // As with a provider that cannot be reached: what should have been asked about
                // is refused.
                problems.add(
                        new Problem(
                                Reason.UNSUPPORTED_VALUE,
                                "action CUSTOM (expected: ALLOW, DENY or AUDIT): requests it"
                                        + " matches are denied"));
                yield HttpAuthorization.Action.DENY;
            }
        };
    }

    private AuthorizationRule rule(AuthorizationPolicy.Rule rule) {
        return new AuthorizationRule(
                rule.from().stream().map(this::source).toList(),
                rule.to().stream().map(HttpPolicyTranslation::operation).toList(),
                rule.when().stream().map(this::condition).toList());
    }

    private SourceMatch source(Source s) {
        if (!s.requestPrincipals().isAny()) {
            needsToken("requestPrincipals");
        }
        return new SourceMatch(
                texts(s.principals(), HttpPolicyTranslation::identity),
                texts(s.requestPrincipals(), HttpPolicyTranslation::text),
                texts(s.namespaces(), HttpPolicyTranslation::text),
                texts(s.serviceAccounts(), HttpPolicyTranslation::text),
                s.ipBlocks(),
                s.remoteIpBlocks());
    }

    private static OperationMatch operation(Operation o) {
        return new OperationMatch(
                texts(o.hosts(), HttpPolicyTranslation::text),
                o.ports(),
                texts(o.methods(), HttpPolicyTranslation::text),
                texts(o.paths(), HttpPolicyTranslation::path));
    }

    private Condition condition(AuthorizationPolicy.Condition c) {
        String key = c.key();
        try {
            return switch (key) {
                case "source.ip", "remote.ip", "destination.ip" ->
                        new Condition.OfAddress(key, texts(c.values(), Cidr::parse));
                case "destination.port" ->
                        new Condition.OfPort(key, texts(c.values(), Integer::valueOf));
                case "source.principal" ->
                        new Condition.OfText(
                                key, texts(c.values(), HttpPolicyTranslation::identity));
                default -> {
                    if (key.startsWith("request.auth.")) {
                        needsToken(key);
                    }
                    yield new Condition.OfText(key, texts(c.values(), HttpPolicyTranslation::text));
                }
            };
        } catch (IllegalArgumentException e) {
            problems.add(
                    new Problem(
                            Reason.UNSUPPORTED_VALUE, "condition " + key + ": " + e.getMessage()));
            // An attribute of the wrong kind is one the waypoint does not know: an ALLOW rule
            // with it never matches, a DENY rule does without it.
            return new Condition.OfText(key, texts(c.values(), HttpPolicyTranslation::text));
        }
    }

    private void needsToken(String field) {
        problems.add(
                new Problem(
                        Reason.UNSUPPORTED_VALUE,
                        field
                                + " needs JWT, which waypoints do not verify yet: no request has it"));
    }

    private static <T> Values<T> texts(Values<String> values, Function<String, T> read) {
        return new Values<>(
                values.in().stream().map(read).toList(),
                values.notIn().stream().map(read).toList());
    }

    /** A star at the beginning or the end is a wildcard; anywhere else it is a star. */
    private static ValueMatch text(String value) {
        if (value.equals("*")) {
            return new ValueMatch.Presence();
        }
        if (value.startsWith("*")) {
            return new ValueMatch.Suffix(value.substring(1));
        }
        if (value.endsWith("*")) {
            return new ValueMatch.Prefix(value.substring(0, value.length() - 1));
        }
        return new ValueMatch.Exact(value);
    }

    /** Identities are compared without their scheme; who writes it means the same. */
    private static ValueMatch identity(String value) {
        return text(value.startsWith(SCHEME) ? value.substring(SCHEME.length()) : value);
    }

    private static ValueMatch path(String value) {
        return value.contains("{*}") || value.contains("{**}")
                ? new ValueMatch.Template(value)
                : text(value);
    }
}
