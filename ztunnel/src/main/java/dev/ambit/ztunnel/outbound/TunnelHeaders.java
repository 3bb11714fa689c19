package dev.ambit.ztunnel.outbound;

import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.ConnectRequest;
import dev.ambit.ztunnel.telemetry.Addresses;
import dev.ambit.ztunnel.telemetry.Baggage;
import dev.ambit.ztunnel.telemetry.ServiceName;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Makes the headers of a CONNECT (ambient.md 1.13). Confined to a loop. */
final class TunnelHeaders {

    private static final HexFormat HEX = HexFormat.of();

    /** A pod's workload record rarely changes: its baggage is written once per record. */
    private @Nullable Workload described;

    private String baggage = "";

    ConnectRequest request(
            String authority,
            Workload source,
            InetSocketAddress client,
            @Nullable ServiceName service,
            Map<String, String> extra,
            @Nullable String traceparent) {
        return new ConnectRequest(
                authority,
                forwarded(client, service),
                baggage(source),
                traceparent == null ? traceparent() : traceparent,
                extra);
    }

    /** RFC 7239. */
    static String forwarded(InetSocketAddress client, @Nullable ServiceName service) {
        String forwarded = "for=\"" + Addresses.text(client) + "\"";
        return service == null ? forwarded : forwarded + ";host=" + service.hostname();
    }

    /** W3C trace context, a new one per connection, not sampled. */
    static String traceparent() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "00-"
                + HEX.toHexDigits(random.nextLong())
                + HEX.toHexDigits(random.nextLong())
                + "-"
                + HEX.toHexDigits(random.nextLong())
                + "-00";
    }

    @SuppressWarnings("ReferenceEquality") // an equal record would only be described again
    private String baggage(Workload source) {
        if (described != source) {
            described = source;
            baggage = Baggage.of(source);
        }
        return baggage;
    }
}
