package dev.ambit.ztunnel.policy;

import dev.ambit.policy.ConnectionFacts;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection comes from and goes to.
 *
 * @param original where the client meant to go
 * @param actual where it goes
 * @param tunnelled by HBONE, not plain TCP
 * @param facts what policies are asked about; null on outbound, which no policy of ours judges
 */
public record Route(
        InetSocketAddress source,
        InetSocketAddress original,
        InetSocketAddress actual,
        boolean tunnelled,
        @Nullable ConnectionFacts facts) {

    /** Whether it enters the pod. */
    public boolean isInbound() {
        return facts != null;
    }
}
