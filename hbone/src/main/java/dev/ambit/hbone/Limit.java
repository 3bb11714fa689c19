package dev.ambit.hbone;

import java.util.Locale;

/**
 * A limit a peer has reached: the value of the label {@code limit} of {@code
 * ambit_hbone_limits_total}.
 */
public enum Limit {
    /** Opening and resetting streams makes us work without ever waiting for us (CVE-2023-44487). */
    PREMATURE_RESETS,
    /** Frames that force us to reset streams do the same from the other side (CVE-2025-8671). */
    OWN_RESETS,
    /** Each PING asks for an answer (CVE-2019-9512). */
    PINGS,
    /** Each SETTINGS asks for an answer (CVE-2019-9515). */
    SETTINGS,
    /** A single frame with thousands of settings is work without use (CVE-2020-11080). */
    SETTINGS_ENTRIES,
    /** PRIORITY means nothing any more; many of them are an attack (CVE-2019-9513). */
    PRIORITIES,
    /** Frames of unknown types are ignored, but not without end. */
    UNKNOWN_FRAMES,
    /** DATA without bytes moves nothing (CVE-2019-9518). */
    EMPTY_DATA,
    /** A header block without end fills memory (CVE-2024-27919). */
    CONTINUATIONS,
    /** Headers nobody needs fill memory. */
    HEADER_LIST,
    /** Streams above the number we announced are refused. */
    CONCURRENT_STREAMS,
    /** A peer that asks but does not read makes answers pile up. */
    QUEUED_CONTROL,
    /** A peer that connects but does not finish its handshake holds memory. */
    HANDSHAKE_TIMEOUT,
    /** The same after the handshake, before preface and SETTINGS. */
    PREFACE_TIMEOUT,
    /** Too many handshakes under way at once. */
    HALF_OPEN,
    /** Too many handshakes under way at once from one address. */
    HALF_OPEN_PER_SOURCE,
    /** A connection that answers no PING is dead. */
    PING_TIMEOUT;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The label value. */
    public String label() {
        return label;
    }
}
