package dev.ambit.client.ads;

/** A resource and the name it has on the stream. */
public record Named<T>(String name, T value) {}
