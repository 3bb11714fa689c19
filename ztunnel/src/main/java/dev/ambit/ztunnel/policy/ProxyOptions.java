package dev.ambit.ztunnel.policy;

import dev.ambit.ztunnel.socket.ProxyPorts;

/**
 * What all connections of a process have in common.
 *
 * @param network of this node
 * @param ports of the pods' listeners
 * @param responseBaggage tell the peer who answered, and believe its baggage for labels
 * @param localhostAppTunnel applications with a tunnel of their own are reached on loopback
 * @param policyInfoLogging policy decisions are logged at info, not debug
 * @param limits on what one source identity may do to a pod
 * @param failover what follows an endpoint that does not answer
 */
public record ProxyOptions(
        String network,
        ProxyPorts ports,
        boolean responseBaggage,
        boolean localhostAppTunnel,
        boolean policyInfoLogging,
        IdentityLimits.Rules limits,
        FailoverConfig failover) {

    /** Without limits, and with the usual failover. */
    public ProxyOptions(
            String network,
            ProxyPorts ports,
            boolean responseBaggage,
            boolean localhostAppTunnel,
            boolean policyInfoLogging) {
        this(
                network,
                ports,
                responseBaggage,
                localhostAppTunnel,
                policyInfoLogging,
                IdentityLimits.Rules.OFF,
                FailoverConfig.DEFAULT);
    }
}
