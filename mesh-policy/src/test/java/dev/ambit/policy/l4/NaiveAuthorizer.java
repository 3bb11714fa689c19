package dev.ambit.policy.l4;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Authorization.Action;
import dev.ambit.api.policy.Authorization.Scope;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.Decision.DryRun;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The rules as ambient.md 1.18 reads, sentence by sentence, with no thought of speed. */
final class NaiveAuthorizer {

    private NaiveAuthorizer() {}

    /** Every policy in order, every rule, every value. */
    static Decision decide(
            ConnectionFacts c, Workload workload, Collection<Authorization> policies) {
        List<Authorization> all = applying(workload, policies);
        List<DryRun> dryRuns = new ArrayList<>();
        first(all, Action.DENY, true, c).ifPresent(p -> dryRuns.add(new DryRun(p.key(), true)));
        if (all.stream().anyMatch(p -> p.dryRun() && p.action() == Action.ALLOW)) {
            Optional<Authorization> allowing = first(all, Action.ALLOW, true, c);
            dryRuns.add(
                    new DryRun(allowing.map(Authorization::key).orElse(null), allowing.isEmpty()));
        }
        Optional<Authorization> denying = first(all, Action.DENY, false, c);
        if (denying.isPresent()) {
            String key = denying.get().key();
            return new Decision.Denied(key, "explicitly denied by: " + key, dryRuns);
        }
        if (all.stream().noneMatch(p -> !p.dryRun() && p.action() == Action.ALLOW)) {
            return new Decision.Allowed(null, dryRuns);
        }
        return first(all, Action.ALLOW, false, c)
                .<Decision>map(p -> new Decision.Allowed(p.key(), dryRuns))
                .orElse(new Decision.Denied(null, L4Authorizer.NONE_ALLOWED, dryRuns));
    }

    private static Optional<Authorization> first(
            List<Authorization> all, Action action, boolean dryRun, ConnectionFacts c) {
        return all.stream()
                .filter(p -> p.action() == action && p.dryRun() == dryRun)
                .filter(p -> matches(p, c))
                .findFirst();
    }

    /** The mesh's by key, the namespace's by key, those named as they are named. */
    private static List<Authorization> applying(
            Workload workload, Collection<Authorization> policies) {
        List<Authorization> all = new ArrayList<>();
        List<Authorization> sorted =
                policies.stream().sorted(Comparator.comparing(Authorization::key)).toList();
        sorted.stream().filter(p -> p.scope() == Scope.GLOBAL).forEach(all::add);
        sorted.stream()
                .filter(p -> p.scope() == Scope.NAMESPACE)
                .filter(p -> p.namespace().equals(workload.namespace()))
                .forEach(all::add);
        for (String key : workload.authorizationPolicies()) {
            sorted.stream().filter(p -> p.key().equals(key) && !all.contains(p)).forEach(all::add);
        }
        return all;
    }

    private static boolean matches(Authorization policy, ConnectionFacts c) {
        return policy.rules().stream()
                .anyMatch(rule -> rule.clauses().stream().allMatch(cl -> matches(policy, cl, c)));
    }

    private static boolean matches(Authorization policy, Clause clause, ConnectionFacts c) {
        return clause.matches().isEmpty()
                || clause.matches().stream()
                        .anyMatch(m -> matches(m, c) && !allowedForNobody(policy, m, c));
    }

    /** A missing identity never satisfies an ALLOW by negation. */
    private static boolean allowedForNobody(Authorization policy, Match m, ConnectionFacts c) {
        return policy.action() == Action.ALLOW
                && c.identity() == null
                && Stream.of(m.notPrincipals(), m.notNamespaces(), m.notServiceAccounts())
                        .anyMatch(excluded -> !excluded.isEmpty());
    }

    private static boolean matches(Match m, ConnectionFacts c) {
        if (m.isEmpty()) {
            return false;
        }
        String namespace = c.identity() == null ? "" : c.identity().namespace();
        Optional<String> principal =
                Optional.ofNullable(c.identity())
                        .map(id -> id.uri().substring("spiffe://".length()));
        Predicate<StringMatcher> ofPrincipal = s -> principal.filter(p -> text(s, p)).isPresent();
        Predicate<ServiceAccountMatcher> ofAccount =
                a ->
                        c.identity() != null
                                && c.identity().namespace().equals(a.namespace())
                                && c.identity().serviceAccount().equals(a.serviceAccount());
        Predicate<StringMatcher> ofNamespace = s -> text(s, namespace);
        return field(m.namespaces(), m.notNamespaces(), ofNamespace)
                && field(m.serviceAccounts(), m.notServiceAccounts(), ofAccount)
                && field(m.principals(), m.notPrincipals(), ofPrincipal)
                && field(m.sourceIps(), m.notSourceIps(), b -> inside(b, c.source().address()))
                && field(
                        m.destinationIps(),
                        m.notDestinationIps(),
                        b -> inside(b, c.destination().address()))
                && field(
                        m.destinationPorts(),
                        m.notDestinationPorts(),
                        p -> p == c.destination().port());
    }

    private static <T> boolean field(List<T> in, List<T> notIn, Predicate<T> matches) {
        return (in.isEmpty() || in.stream().anyMatch(matches)) && notIn.stream().noneMatch(matches);
    }

    private static boolean text(StringMatcher matcher, String value) {
        return switch (matcher) {
            case StringMatcher.Exact m -> value.equals(m.value());
            case StringMatcher.Prefix m -> value.indexOf(m.value()) == 0;
            case StringMatcher.Suffix m ->
                    value.regionMatches(
                            value.length() - m.value().length(), m.value(), 0, m.value().length());
            case StringMatcher.Presence m -> value.length() > 0;
        };
    }

    /** Bit by bit. */
    private static boolean inside(Cidr block, IpAddress address) {
        byte[] base = block.base().bytes();
        byte[] bytes = address.bytes();
        if (base.length != bytes.length) {
            return false;
        }
        for (int bit = 0; bit < block.length(); bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((base[bit / 8] & mask) != (bytes[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
