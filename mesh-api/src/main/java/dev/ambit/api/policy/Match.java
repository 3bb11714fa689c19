package dev.ambit.api.policy;

import dev.ambit.api.Cidr;
import java.util.List;

/**
 * Matches if every field does: any value of the field, and none of its {@code not} values; an empty
 * list asks nothing. A match that asks nothing at all never matches.
 *
 * @param principals compared with the peer's SPIFFE id without {@code spiffe://}
 */
public record Match(
        List<StringMatcher> namespaces,
        List<StringMatcher> notNamespaces,
        List<ServiceAccountMatcher> serviceAccounts,
        List<ServiceAccountMatcher> notServiceAccounts,
        List<StringMatcher> principals,
        List<StringMatcher> notPrincipals,
        List<Cidr> sourceIps,
        List<Cidr> notSourceIps,
        List<Cidr> destinationIps,
        List<Cidr> notDestinationIps,
        List<Integer> destinationPorts,
        List<Integer> notDestinationPorts) {

    public Match {
        namespaces = List.copyOf(namespaces);
        notNamespaces = List.copyOf(notNamespaces);
        serviceAccounts = List.copyOf(serviceAccounts);
        notServiceAccounts = List.copyOf(notServiceAccounts);
        principals = List.copyOf(principals);
        notPrincipals = List.copyOf(notPrincipals);
        sourceIps = List.copyOf(sourceIps);
        notSourceIps = List.copyOf(notSourceIps);
        destinationIps = List.copyOf(destinationIps);
        notDestinationIps = List.copyOf(notDestinationIps);
        destinationPorts = List.copyOf(destinationPorts);
        notDestinationPorts = List.copyOf(notDestinationPorts);
    }

    public static MatchBuilder builder() {
        return new MatchBuilder();
    }

    public boolean isEmpty() {
        return namespaces.isEmpty()
                && notNamespaces.isEmpty()
                && serviceAccounts.isEmpty()
                && notServiceAccounts.isEmpty()
                && principals.isEmpty()
                && notPrincipals.isEmpty()
                && sourceIps.isEmpty()
                && notSourceIps.isEmpty()
                && destinationIps.isEmpty()
                && notDestinationIps.isEmpty()
                && destinationPorts.isEmpty()
                && notDestinationPorts.isEmpty();
    }
}
