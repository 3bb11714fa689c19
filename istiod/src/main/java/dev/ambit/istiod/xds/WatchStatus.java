package dev.ambit.istiod.xds;

import java.time.Instant;

/**
 * What one proxy was told of one type and what it answered.
 *
 * @param sent nonce of the last response, "" before the first
 * @param acked nonce of the last response taken
 * @param lastError the proxy's words when it last refused something, "" if it never did or took a
 *     later one
 * @param resources how many it has
 */
public record WatchStatus(
        String typeUrl,
        String sent,
        String acked,
        Instant sentAt,
        Instant ackedAt,
        String lastError,
        int resources) {}
