package dev.ambit.istiod.resource;

/** A node: its labels say where it stands. */
public record Node(Meta meta) implements MeshObject {}
