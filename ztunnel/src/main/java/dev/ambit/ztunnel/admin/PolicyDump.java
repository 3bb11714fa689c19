package dev.ambit.ztunnel.admin;

import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.Match;
import dev.ambit.api.policy.ServiceAccountMatcher;
import dev.ambit.api.policy.StringMatcher;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Policies in the form {@code istioctl ztunnel-config} reads. */
final class PolicyDump {

    private PolicyDump() {}

    static Map<String, @Nullable Object> policy(Authorization p) {
        String scope =
                switch (p.scope()) {
                    case GLOBAL -> "Global";
                    case NAMESPACE -> "Namespace";
                    case WORKLOAD_SELECTOR -> "WorkloadSelector";
                };
        return new JsonFields()
                .put("name", p.name())
                .put("namespace", p.namespace())
                .put("scope", scope)
                .put("action", p.action() == Authorization.Action.ALLOW ? "Allow" : "Deny")
                .put(
                        "rules",
                        p.rules().stream()
                                .map(
                                        rule ->
                                                rule.clauses().stream()
                                                        .map(
                                                                c ->
                                                                        c.matches().stream()
                                                                                .map(
                                                                                        PolicyDump
                                                                                                ::match)
                                                                                .toList())
                                                        .toList())
                                .toList())
                .put("dryRun", p.dryRun())
                .map();
    }

    private static Map<String, @Nullable Object> match(Match m) {
        return new JsonFields()
                .maybe("namespaces", strings(m.namespaces()))
                .maybe("notNamespaces", strings(m.notNamespaces()))
                .maybe("serviceAccounts", accounts(m.serviceAccounts()))
                .maybe("notServiceAccounts", accounts(m.notServiceAccounts()))
                .maybe("principals", strings(m.principals()))
                .maybe("notPrincipals", strings(m.notPrincipals()))
                .maybe("sourceIps", texts(m.sourceIps()))
                .maybe("notSourceIps", texts(m.notSourceIps()))
                .maybe("destinationIps", texts(m.destinationIps()))
                .maybe("notDestinationIps", texts(m.notDestinationIps()))
                .maybe("destinationPorts", m.destinationPorts())
                .maybe("notDestinationPorts", m.notDestinationPorts())
                .map();
    }

    private static List<String> texts(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    private static List<Map<String, @Nullable Object>> accounts(
            List<ServiceAccountMatcher> accounts) {
        return accounts.stream()
                .map(
                        a ->
                                new JsonFields()
                                        .put("namespace", a.namespace())
                                        .put("serviceAccount", a.serviceAccount())
                                        .map())
                .toList();
    }

    private static List<Map<String, ?>> strings(List<StringMatcher> matchers) {
        return matchers.stream().<Map<String, ?>>map(PolicyDump::string).toList();
    }

    private static Map<String, ?> string(StringMatcher matcher) {
        return switch (matcher) {
            case StringMatcher.Exact e -> Map.of("Exact", e.value());
            case StringMatcher.Prefix p -> Map.of("Prefix", p.value());
            case StringMatcher.Suffix s -> Map.of("Suffix", s.value());
            case StringMatcher.Presence p -> Map.of("Presence", List.of());
        };
    }
}
