package dev.ambit.policy.match;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Authorization.Action;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether policies match one connection. A policy is OR over rules, a rule AND over clauses, a
 * clause OR over matches, a match AND over fields; a field is any of its values and none of its
 * {@code not} values. The one exception: a peer without identity never meets an ALLOW that excludes
 * peers, where upstream would let it in (ISTIO-SECURITY-2021-004); for a DENY it is not excluded.
 */
public final class PolicyMatcher {

    private final ConnectionFacts connection;
    private final String namespace;

    /** Made once per connection, and only if a policy asks. */
    private @Nullable String principal;

    public PolicyMatcher(ConnectionFacts connection) {
        this.connection = connection;
        namespace = connection.sourceNamespace();
    }

    public boolean matches(Authorization policy) {
        return firstRule(policy) > 0;
    }

    /**
     * Number of the first of its rules that matches, from 1; 0 if none does. Indexes rather than
     * iterators: this runs for every connection.
     */
    public int firstRule(Authorization policy) {
        List<Rule> rules = policy.rules();
        for (int i = 0; i < rules.size(); i++) {
            if (matches(rules.get(i), policy.action())) {
                return i + 1;
            }
        }
        return 0;
    }

    /**
     * @param action of the rule's policy
     */
    boolean matches(Rule rule, Action action) {
        List<Clause> clauses = rule.clauses();
        for (int i = 0; i < clauses.size(); i++) {
            if (!matches(clauses.get(i), action)) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(Clause clause, Action action) {
        List<Match> matches = clause.matches();
        for (int i = 0; i < matches.size(); i++) {
            if (mismatch(matches.get(i), action) == null) {
                return true;
            }
        }
        return matches.isEmpty();
    }

    /**
     * Why it does not match; null if it does.
     *
     * @param action of its policy
     */
    public @Nullable Mismatch mismatch(Match match, Action action) {
        if (match.isEmpty()) {
            return Mismatch.EMPTY;
        }
        // D03: who shows no identity must not be let in for not being somebody.
        if (action == Action.ALLOW && connection.identity() == null && excludesPeers(match)) {
            return Mismatch.NO_IDENTITY;
        }
        int port = connection.destination().port();
        if (!match.destinationPorts().isEmpty() && !anyPort(match.destinationPorts(), port)) {
            return Mismatch.PORTS;
        }
        if (anyPort(match.notDestinationPorts(), port)) {
            return Mismatch.NOT_PORTS;
        }
        Mismatch ofPeer = ofPeer(match);
        return ofPeer == null ? ofAddresses(match) : ofPeer;
    }

    private @Nullable Mismatch ofPeer(Match match) {
        if (!match.namespaces().isEmpty() && !anyString(match.namespaces(), namespace)) {
            return Mismatch.NAMESPACES;
        }
        if (anyString(match.notNamespaces(), namespace)) {
            return Mismatch.NOT_NAMESPACES;
        }
        if (!match.serviceAccounts().isEmpty() && !anyAccount(match.serviceAccounts())) {
            return Mismatch.ACCOUNTS;
        }
        if (anyAccount(match.notServiceAccounts())) {
            return Mismatch.NOT_ACCOUNTS;
        }
        if (!match.principals().isEmpty() && !anyPrincipal(match.principals())) {
            return Mismatch.PRINCIPALS;
        }
        return anyPrincipal(match.notPrincipals()) ? Mismatch.NOT_PRINCIPALS : null;
    }

    private @Nullable Mismatch ofAddresses(Match match) {
        IpAddress source = connection.source().address();
        IpAddress destination = connection.destination().address();
        if (!match.sourceIps().isEmpty() && !anyBlock(match.sourceIps(), source)) {
            return Mismatch.SOURCES;
        }
        if (anyBlock(match.notSourceIps(), source)) {
            return Mismatch.NOT_SOURCES;
        }
        if (!match.destinationIps().isEmpty() && !anyBlock(match.destinationIps(), destination)) {
            return Mismatch.DESTINATIONS;
        }
        return anyBlock(match.notDestinationIps(), destination) ? Mismatch.NOT_DESTINATIONS : null;
    }

    private static boolean excludesPeers(Match match) {
        return !match.notPrincipals().isEmpty()
                || !match.notNamespaces().isEmpty()
                || !match.notServiceAccounts().isEmpty();
    }

    private static boolean anyPort(List<Integer> ports, int port) {
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i) == port) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyString(List<StringMatcher> matchers, String value) {
        for (int i = 0; i < matchers.size(); i++) {
            if (matchers.get(i).matches(value)) {
                return true;
            }
        }
        return false;
    }

    /** Who has no identity has no principal, not even an empty one. */
    private boolean anyPrincipal(List<StringMatcher> matchers) {
        SpiffeId identity = connection.identity();
        if (identity == null || matchers.isEmpty()) {
            return false;
        }
        return anyString(matchers, principalOf(identity));
    }

    ConnectionFacts connection() {
        return connection;
    }

    String namespace() {
        return namespace;
    }

    /** Its peer's identity as policies write it. */
    String principalOf(SpiffeId identity) {
        String text = principal;
        if (text == null) {
            text = identity.principal();
            principal = text;
        }
        return text;
    }

    private boolean anyAccount(List<ServiceAccountMatcher> matchers) {
        SpiffeId identity = connection.identity();
        if (identity == null) {
            return false;
        }
        for (int i = 0; i < matchers.size(); i++) {
            ServiceAccountMatcher matcher = matchers.get(i);
            if (matcher.serviceAccount().equals(identity.serviceAccount())
                    && matcher.namespace().equals(identity.namespace())) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyBlock(List<Cidr> blocks, IpAddress address) {
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).contains(address)) {
                return true;
            }
        }
        return false;
    }
}
