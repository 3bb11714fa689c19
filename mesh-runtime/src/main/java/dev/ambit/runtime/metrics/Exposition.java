package dev.ambit.runtime.metrics;

/** A scrape: OpenMetrics text and the content type that fits what the scraper asked for. */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
public record Exposition(String contentType, byte[] body) {}
