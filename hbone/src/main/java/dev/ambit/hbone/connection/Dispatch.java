package dev.ambit.hbone.connection;

import dev.ambit.hbone.ConnectTarget;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.frame.Decoded;
import dev.ambit.hbone.frame.FrameListener;
import dev.ambit.hbone.frame.Frames;
import dev.ambit.hbone.frame.HeaderReader;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Carries out what the peer's frames say, by the states of RFC 9113 section 5.1. */
final class Dispatch implements FrameListener {
    private final HboneConnection connection;
    private final StreamTable table;
    private final HeaderReader headers;
    private @Nullable TunnelStream current;

    Dispatch(HboneConnection connection) {
        this.connection = connection;
        this.table = connection.table();
        this.headers = new HeaderReader(connection.settings().limits());
    }

    @Override
    public void preface() {}

    // ---- DATA ----

    @Override
    public void dataStart(int streamId, int flowBytes) {
        current = null;
        if (!expectSettled()) {
            return;
        }
        TunnelStream stream = table.get(streamId);
        if (stream == null && table.idle(streamId)) {
            violation(ErrorCode.PROTOCOL_ERROR, null, "DATA on idle stream " + streamId);
        } else if (!connection.window().take(flowBytes)) {
            violation(ErrorCode.FLOW_CONTROL_ERROR, null, "DATA beyond the connection window");
        } else if (stream == null) {
            // Over already, perhaps by our reset while this was on its way. The connection's window
            // is whole again at once.
            connection.credit(flowBytes);
        } else if (stream.remoteEnded()) {
            connection.credit(flowBytes);
            streamError(stream, streamId, ErrorCode.STREAM_CLOSED);
        } else if (stream.take(flowBytes)) {
            current = stream;
        } else {
            streamError(stream, streamId, ErrorCode.FLOW_CONTROL_ERROR);
        }
    }

    @Override
    public void data(int streamId, ByteBuf in, int length) {
        TunnelStream stream = current;
        // A stream that ended inside the frame has given back the whole frame's credit.
        if (stream != null && !stream.closed()) {
            stream.received(in.readRetainedSlice(length));
        }
    }

    @Override
    public void padding(int streamId, int length) {
        TunnelStream stream = current;
        if (stream != null) {
            stream.credit(length);
        }
    }

    @Override
    public void dataEnd(int streamId, int payload, boolean endStream) {
        TunnelStream stream = current;
        current = null;
        reached(connection.floods().data(payload, endStream));
        if (stream != null && endStream && !stream.closed()) {
            stream.receivedEnd();
        }
    }

    // ---- HEADERS ----

    @Override
    public void headers(int streamId, ByteBuf block, boolean endStream) {
        if (!expectSettled()) {
            return;
        }
        if (connection.role() == Role.SERVER) {
            request(streamId, block, endStream);
        } else {
            response(streamId, block, endStream);
        }
    }

    private void request(int streamId, ByteBuf block, boolean endStream) {
        TunnelStream known = table.get(streamId);
        if (known == null && (streamId & 1) == 0) {
            violation(ErrorCode.PROTOCOL_ERROR, null, "HEADERS on stream " + streamId);
            return;
        }
        if (known == null && streamId <= table.lastPeer()) {
            violation(ErrorCode.STREAM_CLOSED, null, "HEADERS on closed stream " + streamId);
            return;
        }
        Decoded decoded = headers.request(streamId, block);
        if (decoded instanceof Decoded.Broken broken) {
            violation(ErrorCode.COMPRESSION_ERROR, null, broken.reason());
        } else if (known != null) {
            // A tunnel has no trailers (RFC 9113 section 8.5).
            long code = known.remoteEnded() ? ErrorCode.STREAM_CLOSED : ErrorCode.PROTOCOL_ERROR;
            streamError(known, streamId, code);
        } else if (!connection.goAwaySent()) {
            table.lastPeer(streamId);
            newRequest(streamId, decoded, endStream);
        }
    }

    private void newRequest(int streamId, Decoded decoded, boolean endStream) {
        if (table.size() >= connection.settings().maxStreams()) {
            connection.limitReached(Limit.CONCURRENT_STREAMS);
            streamError(null, streamId, ErrorCode.REFUSED_STREAM);
            return;
        }
        switch (decoded) {
            case Decoded.Connect connect -> connect(streamId, connect, endStream);
            case Decoded.OtherMethod other ->
                    answer(streamId, 400, "method is not CONNECT", endStream);
            case Decoded.TooLarge large -> {
                connection.limitReached(Limit.HEADER_LIST);
                answer(streamId, 431, large.reason(), endStream);
            }
            case Decoded.Malformed malformed ->
                    streamError(null, streamId, ErrorCode.PROTOCOL_ERROR);
            case Decoded.Response response -> streamError(null, streamId, ErrorCode.PROTOCOL_ERROR);
            case Decoded.Broken broken ->
                    throw new IllegalStateException("broken headers dispatched");
        }
    }

    private void connect(int streamId, Decoded.Connect connect, boolean endStream) {
        ConnectTarget target = ConnectTarget.parse(connect.request().authority());
        if (target == null) {
            answer(streamId, 400, "authority is not host:port", endStream);
            return;
        }
        Opening opening = new Opening();
        TunnelStream stream = new TunnelStream(connection, streamId, opening);
        table.add(stream);
        opening.events = connection.events().requested(stream, connect.request(), target);
        if (endStream && !stream.closed()) {
            stream.receivedEnd();
        }
    }

    /** Stands in for the events of a request until its handler has said who listens. */
    private static final class Opening implements StreamEvents {
        private @Nullable StreamEvents events;

        @Override
        public void broken(TunnelStream stream, Break why) {
            if (events != null) {
                events.broken(stream, why);
            }
        }
    }

    private void answer(int streamId, int status, String reason, boolean endStream) {
        TunnelStream stream = new TunnelStream(connection, streamId, (closed, why) -> {});
        table.add(stream);
        if (endStream) {
            stream.receivedEnd();
        }
        stream.refuse(status);
        connection.events().refused(status, reason);
    }

    private void response(int streamId, ByteBuf block, boolean endStream) {
        TunnelStream stream = table.get(streamId);
        if (stream == null && table.idle(streamId)) {
            violation(ErrorCode.PROTOCOL_ERROR, null, "HEADERS on idle stream " + streamId);
            return;
        }
        Decoded decoded = headers.response(streamId, block);
        if (decoded instanceof Decoded.Broken broken) {
            violation(ErrorCode.COMPRESSION_ERROR, null, broken.reason());
        } else if (stream == null) {
            return;
        } else if (!(decoded instanceof Decoded.Response answer) || !stream.opening()) {
            streamError(
                    stream,
                    streamId,
                    stream.remoteEnded() ? ErrorCode.STREAM_CLOSED : ErrorCode.PROTOCOL_ERROR);
        } else if (answer.status() >= 200) {
            stream.answered(answer.status(), answer.headers());
            if (endStream && !stream.closed()) {
                stream.receivedEnd();
            }
        } else if (endStream || answer.status() == 101) {
            streamError(stream, streamId, ErrorCode.PROTOCOL_ERROR);
        }
    }

    // ---- the rest ----

    @Override
    public void priority(int streamId) {
        reached(connection.floods().priority());
    }

    @Override
    public void reset(int streamId, long errorCode) {
        TunnelStream stream = table.get(streamId);
        if (stream == null && table.idle(streamId)) {
            violation(ErrorCode.PROTOCOL_ERROR, null, "RST_STREAM on idle stream " + streamId);
            return;
        }
        // A stream we have answered is none: a client resets what it was refused, and often.
        boolean premature = connection.role() == Role.SERVER && stream != null && stream.opening();
        if (stream != null) {
            stream.receivedReset(errorCode);
        }
        if (premature) {
            reached(connection.floods().prematureReset());
        }
    }

    @Override
    public void settings(ByteBuf entries) {
        boolean first = !connection.pulse().settled();
        connection.pulse().settle();
        Limit limit = connection.floods().settings();
        while (limit == null && entries.isReadable()) {
            String problem = setting(entries.readUnsignedShort(), entries.readUnsignedInt());
            if (problem != null) {
                long code =
                        problem.startsWith("INITIAL")
                                ? ErrorCode.FLOW_CONTROL_ERROR
                                : ErrorCode.PROTOCOL_ERROR;
                violation(code, null, problem);
                return;
            }
        }
        if (!reached(limit) && answerAllowed()) {
            connection.outbox().settingsAck();
            connection.sendFlow().pump();
            if (first) {
                connection.events().settled();
            }
        }
    }

    private @Nullable String setting(int id, long value) {
        switch (id) {
            case Frames.ENABLE_PUSH -> {
                return value > 1 || (value == 1 && connection.role() == Role.CLIENT)
                        ? "ENABLE_PUSH " + value
                        : null;
            }
            case Frames.MAX_CONCURRENT_STREAMS -> connection.peerMaxStreams(value);
            case Frames.INITIAL_WINDOW_SIZE -> {
                return value > Integer.MAX_VALUE || !initialWindow((int) value)
                        ? "INITIAL_WINDOW_SIZE " + value
                        : null;
            }
            case Frames.MAX_FRAME_SIZE -> {
                if (value < Frames.MIN_MAX_FRAME_SIZE || value > Frames.MAX_MAX_FRAME_SIZE) {
                    return "MAX_FRAME_SIZE " + value;
                }
                connection.sendFlow().maxFrame((int) value);
            }
            default -> {
                // HEADER_TABLE_SIZE and MAX_HEADER_LIST_SIZE ask nothing of us: we compress nothing
                // and send little.
            }
        }
        return null;
    }

    private boolean initialWindow(int value) {
        long difference = connection.sendFlow().initialWindow(value);
        for (TunnelStream stream : table.where(s -> true)) {
            if (!stream.sendWindow(difference)) {
                return false;
            }
            if (stream.queued()) {
                connection.sendFlow().awaitTurn(stream);
            }
        }
        return true;
    }

    @Override
    public void settingsAck() {
        expectSettled();
    }

    @Override
    public void ping(long content, boolean ack) {
        if (!expectSettled()) {
            return;
        }
        if (ack) {
            connection.pulse().answered(content);
        } else if (!reached(connection.floods().ping()) && answerAllowed()) {
            connection.outbox().ping(content, true);
        }
    }

    /** Answers must not pile up for a peer that asks but does not read. */
    private boolean answerAllowed() {
        return !reached(connection.floods().queuedControl(connection.outbox().writable()));
    }

    @Override
    public void goAway(int lastStreamId, long errorCode) {
        if (connection.role() == Role.CLIENT) {
            connection.peerDrains(lastStreamId, errorCode);
        }
    }

    @Override
    public void windowUpdate(int streamId, int increment) {
        if (streamId == 0) {
            if (connection.sendFlow().grow(increment)) {
                connection.sendFlow().pump();
            } else {
                violation(ErrorCode.FLOW_CONTROL_ERROR, null, "connection window above 2^31-1");
            }
            return;
        }
        TunnelStream stream = table.get(streamId);
        if (stream == null) {
            if (table.idle(streamId)) {
                violation(
                        ErrorCode.PROTOCOL_ERROR, null, "WINDOW_UPDATE on idle stream " + streamId);
            }
        } else if (stream.sendWindow((long) increment)) {
            if (stream.queued()) {
                connection.sendFlow().awaitTurn(stream);
            }
            connection.sendFlow().pump();
        } else {
            streamError(stream, streamId, ErrorCode.FLOW_CONTROL_ERROR);
        }
    }

    @Override
    public void unknown(int type) {
        if (expectSettled()) {
            reached(connection.floods().unknownFrame());
        }
    }

    @Override
    public void streamViolation(int streamId, long errorCode, String reason) {
        TunnelStream stream = table.get(streamId);
        if (stream == null && table.idle(streamId) && errorCode != ErrorCode.FRAME_SIZE_ERROR) {
            violation(errorCode, null, reason);
        } else {
            streamError(stream, streamId, errorCode);
        }
    }

    @Override
    public void violation(long errorCode, @Nullable Limit limit, String reason) {
        connection.violated(errorCode, limit, reason);
    }

    /** SETTINGS is the first frame of either side (RFC 9113 section 3.4). */
    private boolean expectSettled() {
        if (!connection.pulse().settled()) {
            violation(ErrorCode.PROTOCOL_ERROR, null, "first frame is not SETTINGS");
            return false;
        }
        return true;
    }

    private void streamError(@Nullable TunnelStream stream, int streamId, long errorCode) {
        if (stream == null) {
            connection.outbox().rstStream(streamId, errorCode);
        } else {
            stream.fault(errorCode);
        }
        reached(connection.floods().ownReset());
    }

    private boolean reached(@Nullable Limit limit) {
        if (limit == null) {
            return false;
        }
        violation(ErrorCode.ENHANCE_YOUR_CALM, limit, "limit reached: " + limit.label());
        return true;
    }
}
