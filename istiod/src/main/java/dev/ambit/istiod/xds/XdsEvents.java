package dev.ambit.istiod.xds;

import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;

/** What happens on streams, for metrics and logs. Called on the mesh loop. */
public interface XdsEvents {

    void connected(ProxyNode node);

    void disconnected(ProxyNode node);

    /** A stream is not served. */
    void refused(String peer, String reason);

    void pushed(DeltaDiscoveryResponse response);

    void acked(String typeUrl);

    /** A proxy refused resources of a response and says which and why. */
    void nacked(String proxy, String typeUrl, String error);

    /** A proxy is cut off because it does not answer. */
    void unanswered(String proxy, String typeUrl);
}
