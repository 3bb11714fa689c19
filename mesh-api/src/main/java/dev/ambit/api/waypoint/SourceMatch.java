package dev.ambit.api.waypoint;

import dev.ambit.api.Cidr;

/**
 * Where a request comes from; every field must agree.
 *
 * @param requestPrincipals issuer/subject of the request's token
 * @param serviceAccounts {@code namespace/account}, of any trust domain
 * @param ipBlocks of the connection
 * @param remoteIpBlocks of the client behind trusted proxies
 */
public record SourceMatch(
        Values<ValueMatch> principals,
        Values<ValueMatch> requestPrincipals,
        Values<ValueMatch> namespaces,
        Values<ValueMatch> serviceAccounts,
        Values<Cidr> ipBlocks,
        Values<Cidr> remoteIpBlocks) {

    public static final SourceMatch ANY =
            new SourceMatch(
                    Values.any(),
                    Values.any(),
                    Values.any(),
                    Values.any(),
                    Values.any(),
                    Values.any());
}
