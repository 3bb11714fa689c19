package dev.ambit.policy.l4;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Authorization.Action;
import dev.ambit.api.policy.Authorization.Scope;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.ConnectionFacts;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The rules as ambient.md 1.18 reads, sentence by sentence, with no thought of speed. */
final class NaiveAuthorizer {

    private NaiveAuthorizer() {}

    static boolean allows(ConnectionFacts c, Workload workload, List<Authorization> all) {
        List<Authorization> enforced =
                all.stream()
                        .filter(p -> !p.dryRun())
                        .filter(
                                p ->
                                        p.scope() == Scope.GLOBAL
                                                || (p.scope() == Scope.NAMESPACE
                                                        && p.namespace()
                                                                .equals(workload.namespace()))
                                                || workload.authorizationPolicies()
                                                        .contains(p.key()))
                        .toList();
        Predicate<Authorization> matches = p -> matches(p, c);
        if (enforced.stream().filter(p -> p.action() == Action.DENY).anyMatch(matches)) {
            return false;
        }
        List<Authorization> allow =
                enforced.stream().filter(p -> p.action() == Action.ALLOW).toList();
        return allow.isEmpty() || allow.stream().anyMatch(matches);
    }

    private static boolean matches(Authorization policy, ConnectionFacts c) {
        return policy.rules().stream()
                .anyMatch(
                        rule ->
                                rule.clauses().stream()
                                        .allMatch(
                                                clause ->
                                                        clause.matches().isEmpty()
                                                                || clause.matches().stream()
                                                                        .anyMatch(
                                                                                m ->
                                                                                        matches(
                                                                                                m,
                                                                                                c))));
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
