package dev.ambit.ztunnel.state;

import dev.ambit.api.Cidr;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Clause;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.Rule;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import java.util.List;
import java.util.Map;

/** Reads the policies of a local state file. */
final class LocalPolicies {

    private static final Map<String, Authorization.Action> ACTIONS =
            Map.of("Allow", Authorization.Action.ALLOW, "Deny", Authorization.Action.DENY);

    private static final Map<String, Authorization.Scope> SCOPES =
            Map.of(
                    "Global", Authorization.Scope.GLOBAL,
                    "Namespace", Authorization.Scope.NAMESPACE,
                    "WorkloadSelector", Authorization.Scope.WORKLOAD_SELECTOR);

    private LocalPolicies() {}

    static Authorization policy(LocalNode node) {
        String namespace = node.required("namespace").text("");
        String name = node.required("name").text("");
        var scope = node.required("scope").choice(Authorization.Scope.GLOBAL, SCOPES);
        var action = node.required("action").choice(Authorization.Action.DENY, ACTIONS);
        List<Rule> rules = node.required("rules").list(LocalPolicies::rule);
        boolean dryRun = node.field("dryRun").flag(false);
        node.refuseOthers();
        return new Authorization(namespace, name, scope, action, rules, dryRun);
    }

    private static Rule rule(LocalNode node) {
        return new Rule(node.list(clause -> new Clause(clause.list(LocalPolicies::match))));
    }

    private static Match match(LocalNode node) {
        Match match =
                new Match(
                        node.field("namespaces").list(LocalPolicies::string),
                        node.field("notNamespaces").list(LocalPolicies::string),
                        node.field("serviceAccounts").list(LocalPolicies::account),
                        node.field("notServiceAccounts").list(LocalPolicies::account),
                        node.field("principals").list(LocalPolicies::string),
                        node.field("notPrincipals").list(LocalPolicies::string),
                        node.field("sourceIps").list(LocalPolicies::block),
                        node.field("notSourceIps").list(LocalPolicies::block),
                        node.field("destinationIps").list(LocalPolicies::block),
                        node.field("notDestinationIps").list(LocalPolicies::block),
                        node.field("destinationPorts").list(port -> port.number(0, 65535)),
                        node.field("notDestinationPorts").list(port -> port.number(0, 65535)));
        node.refuseOthers();
        return match;
    }

    private static Cidr block(LocalNode node) {
        return node.parsed(Cidr::parse);
    }

    private static ServiceAccountMatcher account(LocalNode node) {
        ServiceAccountMatcher account =
                new ServiceAccountMatcher(
                        node.required("namespace").text(""),
                        node.required("serviceAccount").text(""));
        node.refuseOthers();
        return account;
    }

    private static StringMatcher string(LocalNode node) {
        if (node.raw() instanceof LocalStateFile.Tagged(String tag, String value)) {
            return switch (tag) {
                case "Exact" -> new StringMatcher.Exact(value);
                case "Prefix" -> new StringMatcher.Prefix(value);
                case "Suffix" -> new StringMatcher.Suffix(value);
                default -> new StringMatcher.Presence();
            };
        }
        throw node.bad("expected a tag: !Exact x, !Prefix x, !Suffix x or !Presence");
    }
}
