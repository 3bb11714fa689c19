package dev.ambit.hbone;

import java.time.Duration;

/**
 * What a peer may do before it is cut off; {@link Limit} says why each exists and {@link
 * HboneCounters} how often it struck.
 *
 * @param window time over which resets are counted
 * @param prematureResets streams reset before they were answered, or unknown ones, per window
 * @param ownResets streams we had to reset because the peer broke the protocol, per window
 * @param controlFrames PING, SETTINGS, PRIORITY and unknown frames, each, per second
 * @param queuedControl answers waiting while the peer does not read
 * @param emptyData DATA frames without payload and without END_STREAM in a row
 * @param continuations CONTINUATION frames of a header block
 * @param emptyContinuations CONTINUATION frames without content of a header block
 * @param headerListBytes decoded header list, 32 bytes added an entry (RFC 9113 section 6.5.2)
 * @param headerCount entries of a header list
 * @param settingsEntries entries of one SETTINGS frame
 * @param halfOpen handshakes under way at one server
 * @param halfOpenPerSource handshakes under way from one address
 */
public record Limits(
        Duration window,
        int prematureResets,
        int ownResets,
        int controlFrames,
        int queuedControl,
        int emptyData,
        int continuations,
        int emptyContinuations,
        int headerListBytes,
        int headerCount,
        int settingsEntries,
        int halfOpen,
        int halfOpenPerSource) {
    /** What HBONE needs, and no more. */
    public static Limits defaults() {
        return new Limits(
                Duration.ofSeconds(30), 200, 200, 100, 1000, 10, 16, 4, 8192, 32, 64, 1024, 128);
    }
}
