package dev.ambit.ztunnel.inbound;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code forwarded} of a peer: a host that is part of it, or none. */
public final class ForwardedFuzz {

    private ForwardedFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String header = new String(input, StandardCharsets.UTF_8);
        @Nullable String host = InboundService.host(header);
        if (host != null && !header.contains(host)) {
            throw new IllegalStateException("host " + host);
        }
    }
}
