package dev.ambit.demo.bed;

/** What joins the nodes; the control plane runs here. */
public record Fabric(String name, String namespace, String address) implements Place {}
