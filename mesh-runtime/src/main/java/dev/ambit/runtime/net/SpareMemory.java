package dev.ambit.runtime.net;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory with an address, beyond {@code -XX:MaxDirectMemorySize}: for the little that a process
 * needs to get out of a want of direct memory. Freed by the collector, so not for every day.
 */
public final class SpareMemory {

    private SpareMemory() {}

    /** So many bytes, big endian. Any thread. */
    public static ByteBuffer allocate(int bytes) {
        return Arena.ofAuto().allocate(bytes).asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    }
}
