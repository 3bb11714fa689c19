package dev.ambit.api.policy;

import dev.ambit.api.Cidr;
import java.util.ArrayList;
import java.util.List;

/** Makes a {@link Match}. */
public final class MatchBuilder {

    private final List<StringMatcher> namespaces = new ArrayList<>();
    private final List<StringMatcher> notNamespaces = new ArrayList<>();
    private final List<ServiceAccountMatcher> serviceAccounts = new ArrayList<>();
    private final List<ServiceAccountMatcher> notServiceAccounts = new ArrayList<>();
    private final List<StringMatcher> principals = new ArrayList<>();
    private final List<StringMatcher> notPrincipals = new ArrayList<>();
    private final List<Cidr> sourceIps = new ArrayList<>();
    private final List<Cidr> notSourceIps = new ArrayList<>();
    private final List<Cidr> destinationIps = new ArrayList<>();
    private final List<Cidr> notDestinationIps = new ArrayList<>();
    private final List<Integer> destinationPorts = new ArrayList<>();
    private final List<Integer> notDestinationPorts = new ArrayList<>();

    MatchBuilder() {}

    public MatchBuilder namespaces(StringMatcher... values) {
        namespaces.addAll(List.of(values));
        return this;
    }

    public MatchBuilder notNamespaces(StringMatcher... values) {
        notNamespaces.addAll(List.of(values));
        return this;
    }

    public MatchBuilder serviceAccounts(ServiceAccountMatcher... values) {
        serviceAccounts.addAll(List.of(values));
        return this;
    }

    public MatchBuilder notServiceAccounts(ServiceAccountMatcher... values) {
        notServiceAccounts.addAll(List.of(values));
        return this;
    }

    public MatchBuilder principals(StringMatcher... values) {
        principals.addAll(List.of(values));
        return this;
    }

    public MatchBuilder notPrincipals(StringMatcher... values) {
        notPrincipals.addAll(List.of(values));
        return this;
    }

    public MatchBuilder sourceIps(Cidr... values) {
        sourceIps.addAll(List.of(values));
        return this;
    }

    public MatchBuilder notSourceIps(Cidr... values) {
        notSourceIps.addAll(List.of(values));
        return this;
    }

    public MatchBuilder destinationIps(Cidr... values) {
        destinationIps.addAll(List.of(values));
        return this;
    }

    public MatchBuilder notDestinationIps(Cidr... values) {
        notDestinationIps.addAll(List.of(values));
        return this;
    }

    public MatchBuilder destinationPorts(Integer... values) {
        destinationPorts.addAll(List.of(values));
        return this;
    }

    public MatchBuilder notDestinationPorts(Integer... values) {
        notDestinationPorts.addAll(List.of(values));
        return this;
    }

    public Match build() {
        return new Match(
                namespaces,
                notNamespaces,
                serviceAccounts,
                notServiceAccounts,
                principals,
                notPrincipals,
                sourceIps,
                notSourceIps,
                destinationIps,
                notDestinationIps,
                destinationPorts,
                notDestinationPorts);
    }
}
