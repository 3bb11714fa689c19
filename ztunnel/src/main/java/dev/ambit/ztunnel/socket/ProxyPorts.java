package dev.ambit.ztunnel.socket;

import java.util.Set;

/**
 * The ports a pod's traffic arrives at. Fixed in production, chosen freely by tests.
 *
 * @param outbound what the application sends is redirected here
 * @param inboundPlaintext what arrives unencrypted is redirected here
 * @param hbone mutual TLS from other proxies
 * @param socks SOCKS5 of the pod's own applications; 0 where it is off
 */
public record ProxyPorts(int outbound, int inboundPlaintext, int hbone, int socks) {

    /** The ports redirection rules and peers expect. */
    public static final ProxyPorts STANDARD = new ProxyPorts(15001, 15006, 15008, 0);

    /** With {@code UNSTABLE_ENABLE_SOCKS5}. */
    public static final ProxyPorts WITH_SOCKS = new ProxyPorts(15001, 15006, 15008, 15080);

    /** Nothing may be relayed to these: the proxy would call itself. */
    public Set<Integer> illegal() {
        return socks == 0
                ? Set.of(outbound, inboundPlaintext, hbone)
                : Set.of(outbound, inboundPlaintext, hbone, socks);
    }

    /** Whether relaying to the port would make the proxy call itself. */
    public boolean isIllegal(int port) {
        return port == outbound
                || port == inboundPlaintext
                || port == hbone
                || (socks != 0 && port == socks);
    }
}
