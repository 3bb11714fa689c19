package dev.ambit.hbone.frame;

import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.Limit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a reader reports; pieces of one payload are joined, so that cuts do not show.
 */
final class Recorder implements FrameListener {
    final List<String> events = new ArrayList<>();
    private final StringBuilder payload = new StringBuilder();
    private int paddingBytes;

    /** Bytes of the payload begun. */
    int payloadSoFar() {
        return payload.length() / 2;
    }

    @Override
    public void preface() {
        events.add("preface");
    }

    @Override
    public void dataStart(int streamId, int flowBytes) {
        payload.setLength(0);
        paddingBytes = 0;
        events.add("data " + streamId + " flow " + flowBytes);
    }

    @Override
    public void data(int streamId, ByteBuf in, int length) {
        payload.append(ByteBufUtil.hexDump(in.readSlice(length)));
    }

    @Override
    public void padding(int streamId, int length) {
        paddingBytes += length;
    }

    @Override
    public void dataEnd(int streamId, int bytes, boolean endStream) {
        events.add(
                "end "
                        + streamId
                        + " "
                        + payload
                        + " of "
                        + bytes
                        + " padding "
                        + paddingBytes
                        + (endStream ? " fin" : ""));
    }

    @Override
    public void headers(int streamId, ByteBuf block, boolean endStream) {
        events.add(
                "headers "
                        + streamId
                        + " "
                        + ByteBufUtil.hexDump(block)
                        + (endStream ? " fin" : ""));
    }

    @Override
    public void priority(int streamId) {
        events.add("priority " + streamId);
    }

    @Override
    public void reset(int streamId, long errorCode) {
        events.add("reset " + streamId + " " + errorCode);
    }

    @Override
    public void settings(ByteBuf entries) {
        events.add("settings " + ByteBufUtil.hexDump(entries));
    }

    @Override
    public void settingsAck() {
        events.add("settings ack");
    }

    @Override
    public void ping(long content, boolean ack) {
        events.add("ping " + content + (ack ? " ack" : ""));
    }

    @Override
    public void goAway(int lastStreamId, long errorCode) {
        events.add("goaway " + lastStreamId + " " + errorCode);
    }

    @Override
    public void windowUpdate(int streamId, int increment) {
        events.add("window " + streamId + " " + increment);
    }

    @Override
    public void unknown(int type) {
        events.add("unknown " + type);
    }

    @Override
    public void streamViolation(int streamId, long errorCode, String reason) {
        events.add("stream violation " + streamId + " " + ErrorCode.name(errorCode));
    }

    @Override
    public void violation(long errorCode, @Nullable Limit limit, String reason) {
        events.add(
                "violation "
                        + ErrorCode.name(errorCode)
                        + (limit == null ? "" : " " + limit.label()));
    }
}
