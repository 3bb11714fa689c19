package dev.ambit.hbone;

import java.time.Duration;

/**
 * Sizes and times of HBONE, both roles. Windows, frame, pool and connect time have environment
 * variables with upstream's names and defaults; floods and protocol limits are in {@link Limits}.
 *
 * @param streamWindow {@code HTTP2_STREAM_WINDOW_SIZE}: bytes a tunnel may have under way to us
 * @param connectionWindow {@code HTTP2_CONNECTION_WINDOW_SIZE}: the same for all tunnels of a
 *     connection, so that a few slow ones do not stop the rest
 * @param maxFrameSize {@code HTTP2_FRAME_SIZE}: the largest DATA frame we accept
 * @param maxStreams concurrent streams a server accepts on a connection; one more is refused
 * @param poolStreams {@code POOL_MAX_STREAMS_PER_CONNECTION}: streams after which the pool opens
 *     another connection
 * @param poolIdle {@code POOL_UNUSED_RELEASE_TIMEOUT}: an unused connection is closed after this
 * @param connectTimeout for TCP, TLS and SETTINGS together, and for the answer to a CONNECT
 * @param handshakeTimeout for the TLS handshake, so that half-open peers cannot pile up
 * @param prefaceTimeout for preface and SETTINGS after the handshake
 * @param pingInterval a silent connection is asked after this
 * @param pingTimeout a connection that stays silent this long after the PING is dead
 * @param limits floods and protocol limits
 */
public record HboneSettings(
        int streamWindow,
        int connectionWindow,
        int maxFrameSize,
        int maxStreams,
        int poolStreams,
        Duration poolIdle,
        Duration connectTimeout,
        Duration handshakeTimeout,
        Duration prefaceTimeout,
        Duration pingInterval,
        Duration pingTimeout,
        Limits limits) {
    private static final int MIB = 1 << 20;

    /**
     * Until a peer knows our SETTINGS it may use HTTP/2's defaults: smaller values cannot be held
     * it to.
     */
    public HboneSettings {
        within("stream window", streamWindow, 65_535, Integer.MAX_VALUE);
        within("connection window", connectionWindow, 65_535, Integer.MAX_VALUE);
        within("max frame size", maxFrameSize, 16_384, (1 << 24) - 1);
        within("max streams", maxStreams, 1, Integer.MAX_VALUE);
        within("pool streams", poolStreams, 1, Integer.MAX_VALUE);
    }

    private static void within(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    what + ": " + value + " (expected: " + least + "-" + most + ")");
        }
    }

    /** Upstream's defaults. */
    public static HboneSettings defaults() {
        return new HboneSettings(
                4 * MIB,
                16 * MIB,
                MIB,
                200,
                100,
                Duration.ofMinutes(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                Limits.defaults());
    }
}
