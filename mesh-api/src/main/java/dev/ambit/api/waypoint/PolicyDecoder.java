package dev.ambit.api.waypoint;

import static dev.ambit.api.waypoint.WireParts.each;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.proto.waypoint.AddressRange;
import dev.ambit.api.proto.waypoint.Operation;
import dev.ambit.api.proto.waypoint.Policy;
import dev.ambit.api.proto.waypoint.Source;
import dev.ambit.api.proto.waypoint.StringMatch;
import dev.ambit.api.proto.waypoint.Target;
import java.util.List;

/** Policies from the wire. */
final class PolicyDecoder {

    private PolicyDecoder() {}

    static WaypointPolicy policy(Policy message) {
        PolicySpec spec =
                switch (message.getSpecCase()) {
                    case AUTHORIZATION -> authorization(message.getAuthorization());
                    case SPEC_NOT_SET -> throw WireParts.unset("spec");
                };
        return new WaypointPolicy(
                message.getNamespace(),
                message.getName(),
                each(message.getTargetsList(), PolicyDecoder::target),
                spec);
    }

    private static PolicyTarget target(Target message) {
        return switch (message.getTargetCase()) {
            case LISTENER -> new PolicyTarget.ToListener(WireParts.gateway(message.getListener()));
            case SERVICE -> new PolicyTarget.ToService(WireParts.service(message.getService()));
            case TARGET_NOT_SET -> throw WireParts.unset("target");
        };
    }

    private static HttpAuthorization authorization(
            dev.ambit.api.proto.waypoint.HttpAuthorization message) {
        HttpAuthorization.Action action =
                switch (message.getAction()) {
                    case ALLOW -> HttpAuthorization.Action.ALLOW;
                    case DENY -> HttpAuthorization.Action.DENY;
                    case AUDIT -> HttpAuthorization.Action.AUDIT;
                    case UNRECOGNIZED ->
                            throw WireParts.unknownValue("action", message.getActionValue());
                };
        return new HttpAuthorization(
                action, message.getDryRun(), each(message.getRulesList(), PolicyDecoder::rule));
    }

    private static AuthorizationRule rule(dev.ambit.api.proto.waypoint.AuthorizationRule message) {
        return new AuthorizationRule(
                each(message.getFromList(), PolicyDecoder::source),
                each(message.getToList(), PolicyDecoder::operation),
                each(message.getWhenList(), PolicyDecoder::condition));
    }

    private static SourceMatch source(Source m) {
        return new SourceMatch(
                strings(m.getPrincipalsList(), m.getNotPrincipalsList()),
                strings(m.getRequestPrincipalsList(), m.getNotRequestPrincipalsList()),
                strings(m.getNamespacesList(), m.getNotNamespacesList()),
                strings(m.getServiceAccountsList(), m.getNotServiceAccountsList()),
                blocks(m.getIpBlocksList(), m.getNotIpBlocksList()),
                blocks(m.getRemoteIpBlocksList(), m.getNotRemoteIpBlocksList()));
    }

    private static OperationMatch operation(Operation m) {
        return new OperationMatch(
                strings(m.getHostsList(), m.getNotHostsList()),
                ports(m.getPortsList(), m.getNotPortsList()),
                strings(m.getMethodsList(), m.getNotMethodsList()),
                strings(m.getPathsList(), m.getNotPathsList()));
    }

    private static Condition condition(dev.ambit.api.proto.waypoint.Condition m) {
        return switch (m.getKindCase()) {
            case STRINGS ->
                    new Condition.OfText(
                            m.getKey(),
                            strings(
                                    m.getStrings().getValuesList(),
                                    m.getStrings().getNotValuesList()));
            case ADDRESSES ->
                    new Condition.OfAddress(
                            m.getKey(),
                            blocks(
                                    m.getAddresses().getValuesList(),
                                    m.getAddresses().getNotValuesList()));
            case PORTS ->
                    new Condition.OfPort(
                            m.getKey(),
                            ports(m.getPorts().getValuesList(), m.getPorts().getNotValuesList()));
            case KIND_NOT_SET -> throw WireParts.unset("condition " + m.getKey());
        };
    }

    private static Values<ValueMatch> strings(List<StringMatch> in, List<StringMatch> notIn) {
        return new Values<>(each(in, PolicyDecoder::string), each(notIn, PolicyDecoder::string));
    }

    private static Values<Cidr> blocks(List<AddressRange> in, List<AddressRange> notIn) {
        return new Values<>(each(in, PolicyDecoder::block), each(notIn, PolicyDecoder::block));
    }

    private static Values<Integer> ports(List<Integer> in, List<Integer> notIn) {
        in.forEach(port -> Ports.check("ports", port));
        notIn.forEach(port -> Ports.check("not_ports", port));
        return new Values<>(in, notIn);
    }

    private static ValueMatch string(StringMatch message) {
        return switch (message.getMatchCase()) {
            case EXACT -> new ValueMatch.Exact(message.getExact());
            case PREFIX -> new ValueMatch.Prefix(message.getPrefix());
            case SUFFIX -> new ValueMatch.Suffix(message.getSuffix());
            case PRESENCE -> new ValueMatch.Presence();
            case TEMPLATE -> new ValueMatch.Template(message.getTemplate());
            case MATCH_NOT_SET -> throw WireParts.unset("match");
        };
    }

    private static Cidr block(AddressRange message) {
        byte[] bytes = message.getAddress().toByteArray();
        return Cidr.of(IpAddress.of(bytes), message.getLength(), bytes.length == 16);
    }
}
