package dev.ambit.policy.match;

import dev.ambit.api.Cidr;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.match.RuleCompiler.Field;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of some policies by what a connection must have for them to match, so that only few are
 * asked. What is found is then asked in full: the tables may offer too many, never too few. Never
 * changes.
 */
final class RuleIndex {

    private final Authorization.Action action;
    private final Rule[] rules;

    /** Ordinal of each rule's policy. */
    private final int[] policyOf;

    private final int[] always;
    private final TextTable principals;
    private final TextTable namespaces;
    private final Map<String, Map<String, int[]>> accounts = new HashMap<>();
    private final BlockTable sources;
    private final BlockTable destinations;
    private final PortTable ports;

    /**
     * @param policies whose ordinals are their places here
     * @param of which of them belong to this index
     */
    RuleIndex(List<Authorization> policies, Group of) {

        action = of.action();
        int count = 0;
        for (Authorization policy : policies) {
            count += Group.of(policy) == of ? policy.rules().size() : 0;
        }
        rules = new Rule[count];
        policyOf = new int[count];
        int id = 0;
        for (int ordinal = 0; ordinal < policies.size(); ordinal++) {
            if (Group.of(policies.get(ordinal)) == of) {
                for (Rule rule : policies.get(ordinal).rules()) {
                    rules[id] = rule;
                    policyOf[id++] = ordinal;
                }
            }
        }
        RuleCompiler compiler = new RuleCompiler(rules);
        always = compiler.always();
        principals = new TextTable(compiler.by(Field.PRINCIPAL, StringMatcher.class));
        namespaces = new TextTable(compiler.by(Field.NAMESPACE, StringMatcher.class));
        sources = new BlockTable(compiler.by(Field.SOURCE, Cidr.class));
        destinations = new BlockTable(compiler.by(Field.DESTINATION, Cidr.class));
        ports = new PortTable(compiler.by(Field.PORT, Integer.class));
        compiler.by(Field.ACCOUNT, ServiceAccountMatcher.class)
                .forEach(
                        (account, ids) ->
                                accounts.computeIfAbsent(account.namespace(), k -> new HashMap<>())
                                        .put(account.serviceAccount(), ids));
    }

    /**
     * Ordinal of the first policy that matches, or {@link RuleSearch#NONE}.
     *
     * @param dead ordinals that no longer count; null for none
     */
    int first(PolicyMatcher matcher, @Nullable BitSet dead) {
        if (rules.length == 0) {
            return RuleSearch.NONE;
        }
        RuleSearch search = new RuleSearch(matcher, action, rules, policyOf, dead);
        search.offer(always);
        SpiffeId identity = matcher.connection().identity();
        if (identity != null) {
            if (!principals.isEmpty()) {
                principals.search(matcher.principalOf(identity), search);
            }
            if (!accounts.isEmpty()) {
                Map<String, int[]> inNamespace = accounts.get(identity.namespace());
                if (inNamespace != null) {
                    search.offer(inNamespace.get(identity.serviceAccount()));
                }
            }
        }
        if (!namespaces.isEmpty()) {
            namespaces.search(matcher.namespace(), search);
        }
        sources.search(matcher.connection().source().address(), search);
        destinations.search(matcher.connection().destination().address(), search);
        ports.search(matcher.connection().destination().port(), search);
        return search.first() == RuleSearch.NONE ? RuleSearch.NONE : policyOf[search.first()];
    }
}
