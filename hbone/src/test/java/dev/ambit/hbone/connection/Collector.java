package dev.ambit.hbone.connection;

import dev.ambit.hbone.HboneStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes what a stream brings, and checks that it comes in order and ends once. */
final class Collector implements HboneStream.Receiver {
    final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable HboneStream credited;
    private int uncredited;
    private boolean closed;

    /** Gives credit for everything at once. */
    static Collector eager(HboneStream stream) {
        Collector collector = new Collector();
        collector.credited = stream;
        stream.receiver(collector);
        return collector;
    }

    /** Keeps credit until {@link #credit}. */
    static Collector lazy(HboneStream stream) {
        Collector collector = new Collector();
        stream.receiver(collector);
        return collector;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    int size() {
        return bytes.size();
    }

    int uncredited() {
        return uncredited;
    }

    boolean isClosed() {
        return closed;
    }

    void credit(HboneStream stream, int amount) {
        uncredited -= amount;
        stream.credit(amount);
    }

    @Override
    public void data(ByteBuf slice) {
        mustBeOpen();
        int length = slice.readableBytes();
        bytes.writeBytes(ByteBufUtil.getBytes(slice));
        slice.release();
        HboneStream stream = credited;
        if (stream != null) {
            stream.credit(length);
        } else {
            uncredited += length;
        }
    }

    @Override
    public void readComplete() {
        mustBeOpen();
    }

    @Override
    public void end() {
        mustBeOpen();
        events.add("end");
    }

    @Override
    public void reset(long errorCode) {
        mustBeOpen();
        events.add("reset " + errorCode);
    }

    @Override
    public void writableChanged(boolean writable) {
        mustBeOpen();
        events.add("writable");
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        mustBeOpen();
        closed = true;
        events.add(cause == null ? "closed" : "broken " + cause.getMessage());
    }

    private void mustBeOpen() {
        if (closed) {
            throw new AssertionError("event after closed: " + events);
        }
    }
}
