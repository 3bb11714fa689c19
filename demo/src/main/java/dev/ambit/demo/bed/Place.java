package dev.ambit.demo.bed;

import java.nio.file.Path;

/** A network namespace of a bed: somewhere a process can run. */
public sealed interface Place permits Fabric, Node, Pod {

    String name();

    /** Name of the network namespace. */
    String namespace();

    /** IPv4 address by which the rest of the bed reaches this place. */
    String address();

    default Path netns() {
        return Path.of("/run/netns", namespace());
    }
}
