package dev.ambit.api.policy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.ambit.api.Cidr;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.IpAddress;
import dev.ambit.api.proto.security.Address;
import dev.ambit.api.proto.security.ServiceAccountMatch;
import dev.ambit.api.proto.security.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * {@code istio.security.Authorization} to record and back. A policy is taken whole or not at all: a
 * value that cannot be understood must not make a rule wider.
 */
public final class AuthorizationCodec {

    private AuthorizationCodec() {}

    public static Authorization fromProto(dev.ambit.api.proto.security.Authorization message)
            throws InvalidResource {
        try {
            return new Authorization(
                    message.getNamespace(),
                    message.getName(),
                    scope(message),
                    action(message),
                    each(message.getRulesList(), AuthorizationCodec::rule),
                    message.getDryRun());
        } catch (IllegalArgumentException e) {
            throw InvalidResource.because(e);
        }
    }

    /** Whether it says what a match means; a value of a later version might mean to deny. */
    public static boolean hasKnownAction(dev.ambit.api.proto.security.Authorization message) {
        return message.getAction() != dev.ambit.api.proto.security.Action.UNRECOGNIZED;
    }

    /**
     * In place of a policy that cannot be understood: denies every connection it could have been
     * about. What is not known of whom it is about counts as its namespace.
     */
    public static Authorization closed(
            String namespace, String name, dev.ambit.api.proto.security.Scope scope) {
        return new Authorization(
                namespace,
                name,
                switch (scope) {
                    case GLOBAL -> Authorization.Scope.GLOBAL;
                    case WORKLOAD_SELECTOR -> Authorization.Scope.WORKLOAD_SELECTOR;
                    case NAMESPACE, UNRECOGNIZED -> Authorization.Scope.NAMESPACE;
                },
                Authorization.Action.DENY,
                List.of(new Rule(List.of())),
                false);
    }

    private static Authorization.Scope scope(dev.ambit.api.proto.security.Authorization message) {
        return switch (message.getScope()) {
            case GLOBAL -> Authorization.Scope.GLOBAL;
            case NAMESPACE -> Authorization.Scope.NAMESPACE;
            case WORKLOAD_SELECTOR -> Authorization.Scope.WORKLOAD_SELECTOR;
            case UNRECOGNIZED -> throw unknownValue("scope", message.getScopeValue());
        };
    }

    private static Authorization.Action action(dev.ambit.api.proto.security.Authorization message) {
        return switch (message.getAction()) {
            case ALLOW -> Authorization.Action.ALLOW;
            case DENY -> Authorization.Action.DENY;
            case UNRECOGNIZED -> throw unknownValue("action", message.getActionValue());
        };
    }

    private static Rule rule(dev.ambit.api.proto.security.Rule message) {
        return new Rule(
                each(
                        message.getClausesList(),
                        clause ->
                                new Clause(
                                        each(clause.getMatchesList(), AuthorizationCodec::match))));
    }

    private static Match match(dev.ambit.api.proto.security.Match message) {
        return new Match(
                each(message.getNamespacesList(), AuthorizationCodec::string),
                each(message.getNotNamespacesList(), AuthorizationCodec::string),
                each(message.getServiceAccountsList(), AuthorizationCodec::account),
                each(message.getNotServiceAccountsList(), AuthorizationCodec::account),
                each(message.getPrincipalsList(), AuthorizationCodec::string),
                each(message.getNotPrincipalsList(), AuthorizationCodec::string),
                each(message.getSourceIpsList(), AuthorizationCodec::block),
                each(message.getNotSourceIpsList(), AuthorizationCodec::block),
                each(message.getDestinationIpsList(), AuthorizationCodec::block),
                each(message.getNotDestinationIpsList(), AuthorizationCodec::block),
                each(message.getDestinationPortsList(), AuthorizationCodec::port),
                each(message.getNotDestinationPortsList(), AuthorizationCodec::port));
    }

    private static StringMatcher string(StringMatch message) {
        return switch (message.getMatchTypeCase()) {
            case EXACT -> new StringMatcher.Exact(message.getExact());
            case PREFIX -> new StringMatcher.Prefix(message.getPrefix());
            case SUFFIX -> new StringMatcher.Suffix(message.getSuffix());
            case PRESENCE -> new StringMatcher.Presence();
            case MATCHTYPE_NOT_SET ->
                    throw new IllegalArgumentException(
                            "match_type: unset (expected: exact, prefix, suffix or presence)");
        };
    }

    private static ServiceAccountMatcher account(ServiceAccountMatch message) {
        return new ServiceAccountMatcher(message.getNamespace(), message.getServiceAccount());
    }

    private static Cidr block(Address message) {
        byte[] bytes = message.getAddress().toByteArray();
        return Cidr.of(IpAddress.of(bytes), message.getLength(), bytes.length == 16);
    }

    private static Integer port(Integer port) {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException(
                    "port: " + Integer.toUnsignedString(port) + " (expected: 0-65535)");
        }
        return port;
    }

    private static <A, B> List<B> each(List<A> from, Function<A, B> decode) {
        List<B> to = new ArrayList<>(from.size());
        for (A a : from) {
            to.add(decode.apply(a));
        }
        return to;
    }

    private static IllegalArgumentException unknownValue(String field, int value) {
        return new IllegalArgumentException(
                field + ": " + value + " (expected: a value this version knows)");
    }

    public static dev.ambit.api.proto.security.Authorization toProto(Authorization policy) {
        dev.ambit.api.proto.security.Authorization.Builder message =
                dev.ambit.api.proto.security.Authorization.newBuilder()
                        .setNamespace(policy.namespace())
                        .setName(policy.name())
                        .setScope(dev.ambit.api.proto.security.Scope.valueOf(policy.scope().name()))
                        .setAction(
                                dev.ambit.api.proto.security.Action.valueOf(policy.action().name()))
                        .setDryRun(policy.dryRun());
        for (Rule rule : policy.rules()) {
            dev.ambit.api.proto.security.Rule.Builder rules = message.addRulesBuilder();
            for (Clause clause : rule.clauses()) {
                dev.ambit.api.proto.security.Clause.Builder clauses = rules.addClausesBuilder();
                clause.matches().forEach(match -> clauses.addMatches(match(match)));
            }
        }
        return message.build();
    }

    private static dev.ambit.api.proto.security.Match match(Match match) {
        return dev.ambit.api.proto.security.Match.newBuilder()
                .addAllNamespaces(each(match.namespaces(), AuthorizationCodec::string))
                .addAllNotNamespaces(each(match.notNamespaces(), AuthorizationCodec::string))
                .addAllServiceAccounts(each(match.serviceAccounts(), AuthorizationCodec::account))
                .addAllNotServiceAccounts(
                        each(match.notServiceAccounts(), AuthorizationCodec::account))
                .addAllPrincipals(each(match.principals(), AuthorizationCodec::string))
                .addAllNotPrincipals(each(match.notPrincipals(), AuthorizationCodec::string))
                .addAllSourceIps(each(match.sourceIps(), AuthorizationCodec::block))
                .addAllNotSourceIps(each(match.notSourceIps(), AuthorizationCodec::block))
                .addAllDestinationIps(each(match.destinationIps(), AuthorizationCodec::block))
                .addAllNotDestinationIps(each(match.notDestinationIps(), AuthorizationCodec::block))
                .addAllDestinationPorts(match.destinationPorts())
                .addAllNotDestinationPorts(match.notDestinationPorts())
                .build();
    }

    private static StringMatch string(StringMatcher matcher) {
        StringMatch.Builder message = StringMatch.newBuilder();
        return switch (matcher) {
            case StringMatcher.Exact m -> message.setExact(m.value()).build();
            case StringMatcher.Prefix m -> message.setPrefix(m.value()).build();
            case StringMatcher.Suffix m -> message.setSuffix(m.value()).build();
            case StringMatcher.Presence m ->
                    message.setPresence(Empty.getDefaultInstance()).build();
        };
    }

    private static ServiceAccountMatch account(ServiceAccountMatcher matcher) {
        return ServiceAccountMatch.newBuilder()
                .setNamespace(matcher.namespace())
                .setServiceAccount(matcher.serviceAccount())
                .build();
    }

    private static Address block(Cidr block) {
        return Address.newBuilder()
                .setAddress(ByteString.copyFrom(block.base().bytes()))
                .setLength(block.length())
                .build();
    }
}
