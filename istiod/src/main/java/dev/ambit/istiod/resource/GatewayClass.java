package dev.ambit.istiod.resource;

/** A kind of gateway and who is responsible for it. */
public record GatewayClass(Meta meta, String controllerName) implements MeshObject {}
