package dev.ambit.istiod.resource;

/** A namespace: the labels that enrol it and attach it to a waypoint. */
public record Namespace(Meta meta) implements MeshObject {}
