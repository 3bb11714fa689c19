package dev.ambit.istiod.xds;

import java.time.Instant;
import java.util.List;

/** One stream, for status pages. */
public record SessionStatus(
        long id,
        ProxyNode node,
        String caller,
        String peer,
        Instant connectedAt,
        List<WatchStatus> watches) {
    public SessionStatus {
        watches = List.copyOf(watches);
    }
}
