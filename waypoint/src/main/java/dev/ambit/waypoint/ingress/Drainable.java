package dev.ambit.waypoint.ingress;

/** A client's connection that can be asked to take no new requests. Confined to its loop. */
interface Drainable {

    /** Finishes what is under way, then closes. */
    void drain();
}
