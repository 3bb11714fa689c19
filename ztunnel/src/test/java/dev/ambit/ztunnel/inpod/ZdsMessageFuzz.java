package dev.ambit.ztunnel.inpod;

import dev.ambit.runtime.linux.Received;

/**
 * A packet of the node agent without and with a descriptor, which is none of a namespace: a message
 * or a violation, and never a pod without a namespace.
 */
public final class ZdsMessageFuzz {

    /** Not open: closing and asking it fail as for a descriptor somebody else closed. */
    private static final int NO_DESCRIPTOR = -1;

    private ZdsMessageFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        read(new Received.Packet(input, new int[0]));
        read(new Received.Packet(input, new int[] {NO_DESCRIPTOR}));
    }

    private static void read(Received.Packet packet) {
        try {
            ZdsMessage message = ZdsMessage.read(packet);
            if (message instanceof ZdsMessage.Add add) {
                throw new IllegalStateException("a pod without a namespace: " + add);
            }
        } catch (ZdsViolation refused) {
            // What the connection ends with.
        }
    }
}
