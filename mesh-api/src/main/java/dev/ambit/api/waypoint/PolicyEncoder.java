package dev.ambit.api.waypoint;

import static dev.ambit.api.waypoint.WireParts.each;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.ambit.api.Cidr;
import dev.ambit.api.proto.waypoint.AddressRange;
import dev.ambit.api.proto.waypoint.Operation;
import dev.ambit.api.proto.waypoint.Policy;
import dev.ambit.api.proto.waypoint.Source;
import dev.ambit.api.proto.waypoint.StringMatch;
import dev.ambit.api.proto.waypoint.Target;
import java.util.List;

/** Policies to the wire. */
final class PolicyEncoder {

    private PolicyEncoder() {}

    static Policy policy(WaypointPolicy policy) {
        Policy.Builder message =
                Policy.newBuilder()
                        .setNamespace(policy.namespace())
                        .setName(policy.name())
                        .addAllTargets(each(policy.targets(), PolicyEncoder::target));
        switch (policy.spec()) {
            case HttpAuthorization authorization ->
                    message.setAuthorization(authorization(authorization));
        }
        return message.build();
    }

    private static Target target(PolicyTarget target) {
        Target.Builder message = Target.newBuilder();
        switch (target) {
            case PolicyTarget.ToListener to -> message.setListener(WireParts.gateway(to.gateway()));
            case PolicyTarget.ToService to -> message.setService(WireParts.service(to.service()));
        }
        return message.build();
    }

    private static dev.ambit.api.proto.waypoint.HttpAuthorization authorization(
            HttpAuthorization authorization) {
        return dev.ambit.api.proto.waypoint.HttpAuthorization.newBuilder()
                .setAction(
                        dev.ambit.api.proto.waypoint.HttpAuthorization.Action.valueOf(
                                authorization.action().name()))
                .setDryRun(authorization.dryRun())
                .addAllRules(each(authorization.rules(), PolicyEncoder::rule))
                .build();
    }

    private static dev.ambit.api.proto.waypoint.AuthorizationRule rule(AuthorizationRule rule) {
        return dev.ambit.api.proto.waypoint.AuthorizationRule.newBuilder()
                .addAllFrom(each(rule.from(), PolicyEncoder::source))
                .addAllTo(each(rule.to(), PolicyEncoder::operation))
                .addAllWhen(each(rule.when(), PolicyEncoder::condition))
                .build();
    }

    private static Source source(SourceMatch s) {
        return Source.newBuilder()
                .addAllPrincipals(strings(s.principals().in()))
                .addAllNotPrincipals(strings(s.principals().notIn()))
                .addAllRequestPrincipals(strings(s.requestPrincipals().in()))
                .addAllNotRequestPrincipals(strings(s.requestPrincipals().notIn()))
                .addAllNamespaces(strings(s.namespaces().in()))
                .addAllNotNamespaces(strings(s.namespaces().notIn()))
                .addAllServiceAccounts(strings(s.serviceAccounts().in()))
                .addAllNotServiceAccounts(strings(s.serviceAccounts().notIn()))
                .addAllIpBlocks(blocks(s.ipBlocks().in()))
                .addAllNotIpBlocks(blocks(s.ipBlocks().notIn()))
                .addAllRemoteIpBlocks(blocks(s.remoteIpBlocks().in()))
                .addAllNotRemoteIpBlocks(blocks(s.remoteIpBlocks().notIn()))
                .build();
    }

    private static Operation operation(OperationMatch o) {
        return Operation.newBuilder()
                .addAllHosts(strings(o.hosts().in()))
                .addAllNotHosts(strings(o.hosts().notIn()))
                .addAllPorts(o.ports().in())
                .addAllNotPorts(o.ports().notIn())
                .addAllMethods(strings(o.methods().in()))
                .addAllNotMethods(strings(o.methods().notIn()))
                .addAllPaths(strings(o.paths().in()))
                .addAllNotPaths(strings(o.paths().notIn()))
                .build();
    }

    private static dev.ambit.api.proto.waypoint.Condition condition(Condition condition) {
        dev.ambit.api.proto.waypoint.Condition.Builder message =
                dev.ambit.api.proto.waypoint.Condition.newBuilder().setKey(condition.key());
        switch (condition) {
            case Condition.OfText c ->
                    message.getStringsBuilder()
                            .addAllValues(strings(c.values().in()))
                            .addAllNotValues(strings(c.values().notIn()));
            case Condition.OfAddress c ->
                    message.getAddressesBuilder()
                            .addAllValues(blocks(c.values().in()))
                            .addAllNotValues(blocks(c.values().notIn()));
            case Condition.OfPort c ->
                    message.getPortsBuilder()
                            .addAllValues(c.values().in())
                            .addAllNotValues(c.values().notIn());
        }
        return message.build();
    }

    private static List<StringMatch> strings(List<ValueMatch> values) {
        return each(values, PolicyEncoder::string);
    }

    private static StringMatch string(ValueMatch value) {
        StringMatch.Builder message = StringMatch.newBuilder();
        return switch (value) {
            case ValueMatch.Exact m -> message.setExact(m.value()).build();
            case ValueMatch.Prefix m -> message.setPrefix(m.value()).build();
            case ValueMatch.Suffix m -> message.setSuffix(m.value()).build();
            case ValueMatch.Presence m -> message.setPresence(Empty.getDefaultInstance()).build();
            case ValueMatch.Template m -> message.setTemplate(m.value()).build();
        };
    }

    private static List<AddressRange> blocks(List<Cidr> blocks) {
        return each(
                blocks,
                block ->
                        AddressRange.newBuilder()
                                .setAddress(ByteString.copyFrom(block.base().bytes()))
                                .setLength(block.length())
                                .build());
    }
}
