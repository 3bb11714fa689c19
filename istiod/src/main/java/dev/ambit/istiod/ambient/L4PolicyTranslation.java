package dev.ambit.istiod.ambient;

import dev.ambit.api.Cidr;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.MatchBuilder;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.waypoint.Values;
import dev.ambit.istiod.resource.AuthorizationPolicy;
import dev.ambit.istiod.resource.AuthorizationPolicy.Action;
import dev.ambit.istiod.resource.AuthorizationPolicy.Condition;
import dev.ambit.istiod.resource.AuthorizationPolicy.Operation;
import dev.ambit.istiod.resource.AuthorizationPolicy.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * AuthorizationPolicy as a node proxy can enforce it, by Istio's documented rule for what only HTTP
 * knows: an ALLOW rule that asks for it is left out (so it allows less), a DENY rule loses that
 * part (so it denies more), or is left out if nothing else remains. Pure.
 */
public final class L4PolicyTranslation {

    /** What a policy comes to. */
    public sealed interface Result {

        /**
         * It is sent.
         *
         * @param httpLeftOut whether something that only HTTP knows was left out
         */
        record Sent(Authorization policy, boolean httpLeftOut) implements Result {}

        /** It is attached to a waypoint, which enforces it. */
        record ForWaypoint() implements Result {}

        /** Node proxies cannot do this. */
        record Unsupported(String reason) implements Result {}
    }

    private final AuthorizationPolicy policy;
    private final boolean allow;
    private boolean httpLeftOut;

    private L4PolicyTranslation(AuthorizationPolicy policy) {
        this.policy = policy;
        this.allow = policy.action() == Action.ALLOW;
    }

    public static Result translate(AuthorizationPolicy policy, MeshSettings settings) {
        if (!policy.targets().isEmpty()) {
            return new Result.ForWaypoint();
        }
        if (policy.dryRun() && !settings.dryRunPolicies()) {
            return new Result.Unsupported("dry-run policies are switched off");
        }
        return switch (policy.action()) {
            case ALLOW ->
                    new L4PolicyTranslation(policy).sent(Authorization.Action.ALLOW, settings);
            case DENY -> new L4PolicyTranslation(policy).sent(Authorization.Action.DENY, settings);
            case AUDIT -> new Result.Unsupported("action AUDIT needs a waypoint (targetRefs)");
            case CUSTOM -> new Result.Unsupported("action CUSTOM needs a waypoint (targetRefs)");
        };
    }

    private Result sent(Authorization.Action action, MeshSettings settings) {
        List<Rule> rules = new ArrayList<>();
        for (AuthorizationPolicy.Rule rule : policy.rules()) {
            rule(rule).ifPresent(rules::add);
        }
        return new Result.Sent(
                new Authorization(
                        policy.namespace(),
                        policy.name().name(),
                        scope(settings),
                        action,
                        rules,
                        policy.dryRun()),
                httpLeftOut);
    }

    private Authorization.Scope scope(MeshSettings settings) {
        if (policy.selector() != null) {
            return Authorization.Scope.WORKLOAD_SELECTOR;
        }
        return policy.namespace().equals(settings.rootNamespace())
                ? Authorization.Scope.GLOBAL
                : Authorization.Scope.NAMESPACE;
    }

    private Optional<Rule> rule(AuthorizationPolicy.Rule rule) {
        List<Clause> clauses = new ArrayList<>();
        boolean http =
                rule.to().stream().anyMatch(Operation::needsHttp)
                        || rule.from().stream().anyMatch(Source::needsHttp)
                        || rule.when().stream().anyMatch(c -> !isL4(c));
        httpLeftOut |= http;
        if (http && allow) {
            return Optional.empty();
        }
        addClause(clauses, rule.to().stream().map(L4PolicyTranslation::operation).toList());
        addClause(clauses, rule.from().stream().map(L4PolicyTranslation::source).toList());
        for (Condition when : rule.when()) {
            if (isL4(when)) {
                addClause(clauses, List.of(condition(when)));
            }
        }
        if (http && clauses.isEmpty()) {
            // It would now match every connection: only what it still says for sure is left.
            addRest(clauses, rule.to().stream().map(L4PolicyTranslation::operation).toList());
            addRest(clauses, rule.from().stream().map(L4PolicyTranslation::source).toList());
        }
        return http && clauses.isEmpty() ? Optional.empty() : Optional.of(new Rule(clauses));
    }

    /** The alternatives that do not need HTTP. */
    private static void addRest(List<Clause> clauses, List<Match> matches) {
        List<Match> rest = matches.stream().filter(m -> !m.isEmpty()).toList();
        if (!rest.isEmpty()) {
            clauses.add(new Clause(rest));
        }
    }

    /** An alternative that asks nothing (any more) makes its clause match everything. */
    private static void addClause(List<Clause> clauses, List<Match> matches) {
        if (!matches.isEmpty() && matches.stream().noneMatch(Match::isEmpty)) {
            clauses.add(new Clause(matches));
        }
    }

    private static Match operation(Operation o) {
        return ports(Match.builder(), o.ports()).build();
    }

    private static Match source(Source s) {
        MatchBuilder m = Match.builder();
        principals(m, s.principals());
        m.namespaces(strings(s.namespaces().in())).notNamespaces(strings(s.namespaces().notIn()));
        m.serviceAccounts(accounts(s.serviceAccounts().in()));
        m.notServiceAccounts(accounts(s.serviceAccounts().notIn()));
        m.sourceIps(blocks(s.ipBlocks().in())).notSourceIps(blocks(s.ipBlocks().notIn()));
        return m.build();
    }

    static boolean isL4(Condition c) {
        return switch (c.key()) {
            case "source.ip",
                    "source.namespace",
                    "source.principal",
                    "source.serviceAccount",
                    "destination.ip",
                    "destination.port" ->
                    true;
            default -> false;
        };
    }

    private static Match condition(Condition c) {
        MatchBuilder m = Match.builder();
        List<String> in = c.values().in();
        List<String> notIn = c.values().notIn();
        return switch (c.key()) {
            case "source.ip" -> m.sourceIps(parsed(in)).notSourceIps(parsed(notIn)).build();
            case "destination.ip" ->
                    m.destinationIps(parsed(in)).notDestinationIps(parsed(notIn)).build();
            case "source.namespace" ->
                    m.namespaces(strings(in)).notNamespaces(strings(notIn)).build();
            case "source.principal" -> principals(m, c.values()).build();
            case "source.serviceAccount" ->
                    m.serviceAccounts(accounts(in)).notServiceAccounts(accounts(notIn)).build();
            case "destination.port" ->
                    ports(
                                    m,
                                    new Values<>(
                                            in.stream().map(Integer::valueOf).toList(),
                                            notIn.stream().map(Integer::valueOf).toList()))
                            .build();
            default -> m.build();
        };
    }

    private static MatchBuilder principals(MatchBuilder m, Values<String> principals) {
        return m.principals(identities(principals.in()))
                .notPrincipals(identities(principals.notIn()));
    }

    private static MatchBuilder ports(MatchBuilder m, Values<Integer> ports) {
        return m.destinationPorts(ports.in().toArray(Integer[]::new))
                .notDestinationPorts(ports.notIn().toArray(Integer[]::new));
    }

    private static StringMatcher[] strings(List<String> values) {
        return values.stream().map(L4PolicyTranslation::string).toArray(StringMatcher[]::new);
    }

    /** Identities are compared without their scheme. */
    private static StringMatcher[] identities(List<String> values) {
        return values.stream()
                .map(v -> v.startsWith("spiffe://") ? v.substring("spiffe://".length()) : v)
                .map(L4PolicyTranslation::string)
                .toArray(StringMatcher[]::new);
    }

    /** A star at the beginning or the end is a wildcard; anywhere else it is a star. */
    static StringMatcher string(String value) {
        if (value.equals("*")) {
            return new StringMatcher.Presence();
        }
        if (value.startsWith("*")) {
            return new StringMatcher.Suffix(value.substring(1));
        }
        if (value.endsWith("*")) {
            return new StringMatcher.Prefix(value.substring(0, value.length() - 1));
        }
        return new StringMatcher.Exact(value);
    }

    private static ServiceAccountMatcher[] accounts(List<String> values) {
        return values.stream()
                .map(v -> v.split("/", 2))
                .map(v -> new ServiceAccountMatcher(v[0], v[1]))
                .toArray(ServiceAccountMatcher[]::new);
    }

    private static Cidr[] blocks(List<Cidr> values) {
        return values.toArray(Cidr[]::new);
    }

    private static Cidr[] parsed(List<String> values) {
        return values.stream().map(Cidr::parse).toArray(Cidr[]::new);
    }
}
