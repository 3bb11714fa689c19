package dev.ambit.ztunnel.socket;

import java.util.Set;

/**
 * The three ports a pod's traffic arrives at. Fixed in production, chosen freely by tests.
 *
 * @param outbound what the application sends is redirected here
 * @param inboundPlaintext what arrives unencrypted is redirected here
 * @param hbone mutual TLS from other proxies
 */
public record ProxyPorts(int outbound, int inboundPlaintext, int hbone) {

    /** The ports redirection rules and peers expect. */
    public static final ProxyPorts STANDARD = new ProxyPorts(15001, 15006, 15008);

    /** Nothing may be relayed to these: the proxy would call itself. */
    public Set<Integer> illegal() {
        return Set.of(outbound, inboundPlaintext, hbone);
    }

    /** Whether relaying to the port would make the proxy call itself. */
    public boolean isIllegal(int port) {
        return port == outbound || port == inboundPlaintext || port == hbone;
    }
}
