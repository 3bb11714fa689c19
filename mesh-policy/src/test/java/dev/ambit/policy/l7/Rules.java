package dev.ambit.policy.l7;

import dev.ambit.api.Cidr;
import dev.ambit.api.waypoint.AuthorizationRule;
import dev.ambit.api.waypoint.Condition;
import dev.ambit.api.waypoint.OperationMatch;
import dev.ambit.api.waypoint.SourceMatch;
import dev.ambit.api.waypoint.ValueMatch;
import dev.ambit.api.waypoint.Values;
import java.util.Arrays;
import java.util.List;

/** Rules of policies, in a word each. */
final class Rules {

    private Rules() {}

    static ValueMatch text(String written) {
        if (written.equals("*")) {
            return new ValueMatch.Presence();
        }
        if (written.startsWith("*")) {
            return new ValueMatch.Suffix(written.substring(1));
        }
        return written.endsWith("*")
                ? new ValueMatch.Prefix(written.substring(0, written.length() - 1))
                : new ValueMatch.Exact(written);
    }

    static Values<ValueMatch> in(String... values) {
        return new Values<>(Arrays.stream(values).map(Rules::text).toList(), List.of());
    }

    static Values<ValueMatch> notIn(String... values) {
        return new Values<>(List.of(), in(values).in());
    }

    static AuthorizationRule source(SourceMatch source) {
        return new AuthorizationRule(List.of(source), List.of(), List.of());
    }

    static AuthorizationRule operation(OperationMatch operation) {
        return new AuthorizationRule(List.of(), List.of(operation), List.of());
    }

    static AuthorizationRule condition(Condition condition) {
        return new AuthorizationRule(List.of(), List.of(), List.of(condition));
    }

    static AuthorizationRule paths(Values<ValueMatch> paths) {
        return operation(new OperationMatch(Values.any(), Values.any(), Values.any(), paths));
    }

    static AuthorizationRule hosts(Values<ValueMatch> hosts) {
        return operation(new OperationMatch(hosts, Values.any(), Values.any(), Values.any()));
    }

    static AuthorizationRule methods(Values<ValueMatch> methods) {
        return operation(new OperationMatch(Values.any(), Values.any(), methods, Values.any()));
    }

    static AuthorizationRule principals(Values<ValueMatch> principals) {
        return source(
                new SourceMatch(
                        principals,
                        Values.any(),
                        Values.any(),
                        Values.any(),
                        Values.any(),
                        Values.any()));
    }

    static AuthorizationRule tokens(Values<ValueMatch> tokens) {
        return source(
                new SourceMatch(
                        Values.any(),
                        tokens,
                        Values.any(),
                        Values.any(),
                        Values.any(),
                        Values.any()));
    }

    static AuthorizationRule header(String name, Values<ValueMatch> values) {
        return condition(new Condition.OfText("request.headers[" + name + "]", values));
    }

    static Values<Integer> port(int port) {
        return new Values<>(List.of(port), List.of());
    }

    static SourceMatch with(
            SourceMatch base,
            Values<ValueMatch> namespaces,
            Values<ValueMatch> accounts,
            Values<Cidr> blocks) {
        return new SourceMatch(
                base.principals(),
                base.requestPrincipals(),
                namespaces,
                accounts,
                blocks,
                base.remoteIpBlocks());
    }
}
