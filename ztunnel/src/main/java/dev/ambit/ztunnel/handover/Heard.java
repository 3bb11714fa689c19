package dev.ambit.ztunnel.handover;

/**
 * A message with its descriptors, which belong to the receiver.
 *
 * @param <T> its kind
 */
@SuppressWarnings("ArrayRecordComponent") // taken apart once, never compared
record Heard<T>(T message, int[] descriptors) {}
