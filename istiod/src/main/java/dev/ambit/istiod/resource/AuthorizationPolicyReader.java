package dev.ambit.istiod.resource;

import dev.ambit.api.Cidr;
import dev.ambit.api.waypoint.Values;
import dev.ambit.istiod.resource.AuthorizationPolicy.Action;
import dev.ambit.istiod.resource.AuthorizationPolicy.Condition;
import dev.ambit.istiod.resource.AuthorizationPolicy.Operation;
import dev.ambit.istiod.resource.AuthorizationPolicy.Rule;
import dev.ambit.istiod.resource.AuthorizationPolicy.Source;
import dev.ambit.istiod.resource.AuthorizationPolicy.TargetRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * AuthorizationPolicy. Stricter than elsewhere: an unknown field under a rule refuses the policy,
 * because a condition that is passed over in silence lets in what was meant to stay out.
 */
final class AuthorizationPolicyReader {
    private static final Map<String, Action> ACTIONS =
            new TreeMap<>(
                    Map.of(
                            "ALLOW", Action.ALLOW,
                            "DENY", Action.DENY,
                            "AUDIT", Action.AUDIT,
                            "CUSTOM", Action.CUSTOM));

    private static final Set<String> SPEC =
            Set.of("selector", "targetRef", "targetRefs", "action", "rules", "provider");
    private static final Set<String> SOURCE =
            Set.of(
                    "principals",
                    "notPrincipals",
                    "requestPrincipals",
                    "notRequestPrincipals",
                    "namespaces",
                    "notNamespaces",
                    "serviceAccounts",
                    "notServiceAccounts",
                    "ipBlocks",
                    "notIpBlocks",
                    "remoteIpBlocks",
                    "notRemoteIpBlocks");
    private static final Set<String> OPERATION =
            Set.of(
                    "hosts",
                    "notHosts",
                    "ports",
                    "notPorts",
                    "methods",
                    "notMethods",
                    "paths",
                    "notPaths");

    private AuthorizationPolicyReader() {}

    static MeshObject read(Meta meta, Fields policy) {
        Fields spec = policy.object("spec");
        only(spec, SPEC);
        @Nullable Map<String, String> selector = SelectorReader.workloadSelector(spec);
        List<TargetRef> targets = new ArrayList<>();
        if (spec.has("targetRef")) {
            targets.add(target(meta, spec.object("targetRef")));
        }
        for (Fields ref : spec.objects("targetRefs")) {
            targets.add(target(meta, ref));
        }
        if (selector != null && !targets.isEmpty()) {
            spec.unsupported(
                    "selector",
                    "a selector beside targetRefs (expected: one of the two)",
                    "remove one of them");
        }
        Action action = spec.choice("action", Action.ALLOW, ACTIONS);
        if (action == Action.CUSTOM) {
            spec.unsupported(
                    "action",
                    "CUSTOM (expected: ALLOW, DENY or AUDIT)",
                    "external authorization comes in a later version");
        }
        List<Rule> rules = new ArrayList<>();
        for (Fields rule : spec.objects("rules")) {
            rules.add(rule(meta, rule));
        }
        if (action == Action.DENY && spec.has("rules") && rules.isEmpty()) {
            // Istio's validation: a DENY that can never match is a mistake.
            spec.invalid("rules", "at least one rule for DENY");
        }
        boolean dryRun = meta.annotation("istio.io/dry-run").orElse("").equals("true");
        return new AuthorizationPolicy(meta, selector, targets, action, dryRun, rules);
    }

    private static TargetRef target(Meta meta, Fields ref) {
        return new TargetRef(
                ref.text("group", ""),
                ref.required("kind"),
                ref.text("namespace", meta.name().namespace()),
                ref.required("name"));
    }

    private static Rule rule(Meta meta, Fields rule) {
        only(rule, Set.of("from", "to", "when"));
        List<Source> from = new ArrayList<>();
        for (Fields entry : rule.objects("from")) {
            only(entry, Set.of("source"));
            from.add(source(meta, entry.object("source")));
        }
        List<Operation> to = new ArrayList<>();
        for (Fields entry : rule.objects("to")) {
            only(entry, Set.of("operation"));
            to.add(operation(entry.object("operation")));
        }
        List<Condition> when = new ArrayList<>();
        for (Fields entry : rule.objects("when")) {
            only(entry, Set.of("key", "values", "notValues"));
            if (!entry.has("values") && !entry.has("notValues")) {
                entry.missing("values");
            }
            when.add(ConditionReader.read(entry));
        }
        return new Rule(from, to, when);
    }

    private static Source source(Meta meta, Fields source) {
        only(source, SOURCE);
        if (source.isEmpty()) {
            source.missing("principals");
        }
        return new Source(
                texts(source, "principals", "notPrincipals"),
                texts(source, "requestPrincipals", "notRequestPrincipals"),
                texts(source, "namespaces", "notNamespaces"),
                new Values<>(
                        accounts(meta, source, "serviceAccounts"),
                        accounts(meta, source, "notServiceAccounts")),
                new Values<>(
                        source.parsed("ipBlocks", Cidr::parse),
                        source.parsed("notIpBlocks", Cidr::parse)),
                new Values<>(
                        source.parsed("remoteIpBlocks", Cidr::parse),
                        source.parsed("notRemoteIpBlocks", Cidr::parse)));
    }

    private static Operation operation(Fields operation) {
        only(operation, OPERATION);
        if (operation.isEmpty()) {
            operation.missing("ports");
        }
        return new Operation(
                texts(operation, "hosts", "notHosts"),
                new Values<>(
                        operation.parsed("ports", AuthorizationPolicyReader::port),
                        operation.parsed("notPorts", AuthorizationPolicyReader::port)),
                texts(operation, "methods", "notMethods"),
                texts(operation, "paths", "notPaths"));
    }

    private static Values<String> texts(Fields fields, String in, String notIn) {
        return new Values<>(fields.texts(in), fields.texts(notIn));
    }

    /** {@code namespace/account}; the policy's own namespace where none is written. */
    private static List<String> accounts(Meta meta, Fields source, String name) {
        return source.parsed(
                name,
                text -> {
                    String full =
                            text.indexOf('/') < 0 ? meta.name().namespace() + "/" + text : text;
                    int slash = full.indexOf('/');
                    boolean wild = full.indexOf('*') >= 0;
                    if (slash <= 0
                            || slash == full.length() - 1
                            || full.indexOf('/', slash + 1) >= 0
                            || wild) {
                        throw new IllegalArgumentException(
                                "\"" + text + "\" (expected: account or namespace/account)");
                    }
                    return full;
                });
    }

    static int port(String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(Character::isDigit);
        int port = digits && text.length() <= 5 ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("\"" + text + "\" (expected: 1-65535)");
        }
        return port;
    }

    private static void only(Fields fields, Set<String> known) {
        for (String name : fields.names()) {
            if (!known.contains(name)) {
                fields.unsupported(
                        name,
                        "a field that is not known here (expected: "
                                + String.join(", ", new java.util.TreeSet<>(known))
                                + ")",
                        "correct the name, or remove the field");
            }
        }
    }
}
