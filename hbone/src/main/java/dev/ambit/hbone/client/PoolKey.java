package dev.ambit.hbone.client;

import dev.ambit.identity.SpiffeId;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What two tunnels must agree in to share a connection. Leaving any part out would let one
 * identity, address or certificate stand for another.
 *
 * @param source who we are
 * @param expected who may answer; in order, never empty
 * @param address where the peer listens
 * @param sourceIp address we come from, null if the kernel chooses
 * @param workloadUid the workload behind the address, which may be given to another pod
 * @param certificateSerial the certificate we show
 */
public record PoolKey(
        SpiffeId source,
        List<SpiffeId> expected,
        InetSocketAddress address,
        @Nullable InetAddress sourceIp,
        String workloadUid,
        BigInteger certificateSerial) {
    /** Copies the list and refuses an empty one: nobody expected must never mean anybody. */
    public PoolKey {
        expected = List.copyOf(expected);
        if (expected.isEmpty()) {
            throw new IllegalArgumentException("expected: [] (expected: at least one SPIFFE id)");
        }
    }

    // By hand: C1 calls what a record brings by method handle, five times as slow, and this is a
    // key.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PoolKey o
                && address.equals(o.address)
                && workloadUid.equals(o.workloadUid)
                && source.equals(o.source)
                && expected.equals(o.expected)
                && Objects.equals(sourceIp, o.sourceIp)
                && certificateSerial.equals(o.certificateSerial);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * address.hashCode() + workloadUid.hashCode()) + source.hashCode();
    }
}
