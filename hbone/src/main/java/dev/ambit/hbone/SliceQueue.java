package dev.ambit.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Received bytes that wait. Small slices are copied together, and small parts of large buffers
 * copied out: a slice keeps the whole buffer it was cut from, so that a peer which sends single
 * bytes could otherwise hold thousands of times what flow control counts. Confined to one loop.
 */
public final class SliceQueue {
    private static final int SMALL = 2_048;
    private static final int BLOCK = 8_192;

    private final ByteBufAllocator alloc;
    private final ArrayDeque<ByteBuf> slices = new ArrayDeque<>();
    private @Nullable ByteBuf block;
    private int bytes;

    public SliceQueue(ByteBufAllocator alloc) {
        this.alloc = alloc;
    }

    /** Takes the slice over. */
    public void add(ByteBuf slice) {
        int length = slice.readableBytes();
        bytes += length;
        if (length > SMALL) {
            block = null;
            slices.add(held(slice) > 4 * length ? copy(slice) : slice);
            return;
        }
        ByteBuf tail = block;
        if (tail == null || tail.maxFastWritableBytes() < length) {
            // The first block is small: most queues hold one short message.
            tail = alloc.directBuffer(slices.isEmpty() ? Math.max(256, length) : BLOCK);
            block = tail;
            slices.add(tail);
        }
        tail.writeBytes(slice);
        slice.release();
    }

    private static int held(ByteBuf slice) {
        ByteBuf root = slice.unwrap();
        return root == null ? slice.capacity() : root.capacity();
    }

    private ByteBuf copy(ByteBuf slice) {
        ByteBuf copy = alloc.directBuffer(slice.readableBytes()).writeBytes(slice);
        slice.release();
        return copy;
    }

    /** The next bytes, now the caller's; null if there are none. */
    public @Nullable ByteBuf poll() {
        ByteBuf slice = slices.poll();
        if (slice != null) {
            bytes -= slice.readableBytes();
            if (slices.isEmpty()) {
                block = null;
            }
        }
        return slice;
    }

    /** Bytes waiting. */
    public int bytes() {
        return bytes;
    }

    /** Whether nothing waits. */
    public boolean isEmpty() {
        return slices.isEmpty();
    }

    /** Drops everything. */
    public void release() {
        ByteBuf slice;
        while ((slice = poll()) != null) {
            slice.release();
        }
    }
}
