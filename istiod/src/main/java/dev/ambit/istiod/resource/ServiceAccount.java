package dev.ambit.istiod.resource;

/** An account pods run under: the last part of their identity. */
public record ServiceAccount(Meta meta) implements MeshObject {}
