package dev.ambit.istiod.ca;

import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * What a call brings to show who makes it.
 *
 * @param token the bearer token, if there is one
 * @param clusterId where a token comes from; empty if not said
 * @param tls the session of its connection; empty on a plaintext port
 * @param peer address, for logs
 */
public record Credentials(
        Optional<String> token, String clusterId, Optional<SSLSession> tls, String peer) {

    /** The token stays out of logs. */
    @Override
    public String toString() {
        return "Credentials[%s%s%s]"
                .formatted(
                        peer, token.isPresent() ? ", token" : "", tls.isPresent() ? ", TLS" : "");
    }
}
