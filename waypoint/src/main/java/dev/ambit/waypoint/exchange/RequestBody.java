package dev.ambit.waypoint.exchange;

import dev.ambit.waypoint.upstream.UpstreamStream;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;

/**
 * A request's body on its way: passed on as it comes, and kept for another try while it fits the
 * limit. What waits here because the destination is slow is bounded too: the client's reading stops
 * at {@link #full}.
 */
final class RequestBody {

    /** Bytes that may wait for a slow destination before the client is held back. */
    private static final int HIGH_WATER = 64 * 1024;

    private final int keepLimit;
    private final List<HttpContent> parts = new ArrayList<>(2);

    /** Index of the first part this try has not sent. */
    private int next;

    private int keptBytes;
    private int waitingBytes;
    private long received;
    private boolean complete;
    private boolean keeping = true;
    private boolean lost;

    RequestBody(int keepLimit) {
        this.keepLimit = keepLimit;
    }

    /** Takes ownership. */
    void add(HttpContent part) {
        int bytes = part.content().readableBytes();
        received += bytes;
        waitingBytes += bytes;
        keptBytes += bytes;
        complete = part instanceof LastHttpContent;
        parts.add(part);
        if (keptBytes > keepLimit) {
            forget();
        }
    }

    /** Whether all of it has arrived. */
    boolean complete() {
        return complete;
    }

    /** Whether all of it has been written to the present try. */
    boolean sent() {
        return complete && next == parts.size();
    }

    /** Whether another try could start from the beginning. */
    boolean replayable() {
        return !lost;
    }

    boolean full() {
        return waitingBytes > HIGH_WATER;
    }

    long received() {
        return received;
    }

    /** Another try starts from the beginning. */
    void rewind() {
        next = 0;
        waitingBytes = keptBytes;
    }

    /** Writes what the stream takes. */
    void pump(UpstreamStream stream) {
        while (next < parts.size() && stream.writable()) {
            HttpContent part = parts.get(next++);
            waitingBytes -= part.content().readableBytes();
            // Slices of the same memory: the try reads its own indexes, the kept part stays whole.
            stream.write(keeping ? part.retainedDuplicate() : take(part));
        }
    }

    private HttpContent take(HttpContent part) {
        keptBytes -= part.content().readableBytes();
        parts.remove(--next);
        lost = true;
        return part;
    }

    /** No further try: what was sent is dropped now, the rest as it is sent. */
    void forget() {
        if (!keeping) {
            return;
        }
        keeping = false;
        if (next > 0) {
            lost = true;
        }
        for (int i = 0; i < next; i++) {
            HttpContent part = parts.get(i);
            keptBytes -= part.content().readableBytes();
            part.release();
        }
        parts.subList(0, next).clear();
        next = 0;
    }

    /** The exchange is over. */
    void release() {
        parts.forEach(HttpContent::release);
        parts.clear();
        next = 0;
        keptBytes = 0;
        waitingBytes = 0;
        lost = true;
    }
}
