package dev.ambit.policy;

import dev.ambit.api.IpPort;
import dev.ambit.identity.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * What policy may know about a connection.
 *
 * @param identity the peer's, from its certificate; null on plaintext
 * @param source the peer's address
 * @param destination what the application is asked for, after the port was resolved
 */
public record ConnectionFacts(@Nullable SpiffeId identity, IpPort source, IpPort destination) {

    /** Empty where there is no identity. */
    public String sourceNamespace() {
        return identity == null ? "" : identity.namespace();
    }
}
