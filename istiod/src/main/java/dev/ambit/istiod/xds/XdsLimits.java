package dev.ambit.istiod.xds;

import java.time.Duration;

/**
 * Limits of a stream.
 *
 * @param responseBytes a response is split beyond this; clients take 4 MiB by default
 * @param ackWait a proxy that does not answer for so long is cut off: what it does not read must
 *     not pile up here
 * @param names names one stream may ask for
 * @param nameLength longest of them
 * @param streamsPerCaller streams one account on one node may hold
 */
public record XdsLimits(
        int responseBytes, Duration ackWait, int names, int nameLength, int streamsPerCaller) {

    public static final XdsLimits DEFAULT =
            new XdsLimits(2 * 1024 * 1024, Duration.ofSeconds(60), 200_000, 1024, 100);
}
