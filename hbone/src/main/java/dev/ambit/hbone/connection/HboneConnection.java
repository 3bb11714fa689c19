package dev.ambit.hbone.connection;

import dev.ambit.hbone.ConnectRequest;
import dev.ambit.hbone.ErrorCode;
import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.hbone.Limit;
import dev.ambit.hbone.TunnelBroken;
import dev.ambit.hbone.frame.FrameReader;
import dev.ambit.hbone.frame.HeaderWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection of CONNECT streams: the handler behind TLS. Speaks as soon as it is added
 * to an active channel. Owned by the server's or the pool's connection; on the channel's loop
 * throughout.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells failures to exceptionCaught.
public final class HboneConnection extends ChannelInboundHandlerAdapter {
    /** Until the peer announces a number: what RFC 9113 recommends at least. */
    public static final int ASSUMED_MAX_STREAMS = 100;

    private final Role role;
    private final HboneSettings settings;
    private final HboneCounters counters;
    private final ConnectionEvents events;
    private final StreamTable streams;
    private final Window window;
    private final FloodGuard floods;
    private final List<TunnelStream> touched = new ArrayList<>();

    // Set once in handlerAdded.
    @SuppressWarnings("NullAway.Init")
    private ChannelHandlerContext ctx;

    @SuppressWarnings("NullAway.Init")
    private Outbox outbox;

    @SuppressWarnings("NullAway.Init")
    private SendFlow sendFlow;

    @SuppressWarnings("NullAway.Init")
    private FrameReader reader;

    @SuppressWarnings("NullAway.Init")
    private Pulse pulse;

    private int peerMaxStreams = ASSUMED_MAX_STREAMS;
    private boolean draining;
    private boolean goAwaySent;
    private boolean over;

    public HboneConnection(
            Role role, HboneSettings settings, HboneCounters counters, ConnectionEvents events) {
        this(role, settings, counters, events, System::nanoTime);
    }

    HboneConnection(
            Role role,
            HboneSettings settings,
            HboneCounters counters,
            ConnectionEvents events,
            LongSupplier nanos) {
        this.role = role;
        this.settings = settings;
        this.counters = counters;
        this.events = events;
        this.streams = new StreamTable(role);
        this.window = new Window(settings.connectionWindow());
        this.floods = new FloodGuard(settings.limits(), nanos);
    }

    // ---- the channel ----

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        outbox = new Outbox(context);
        sendFlow = new SendFlow(outbox);
        reader =
                new FrameReader(
                        new Dispatch(this),
                        context.alloc(),
                        settings.limits(),
                        settings.maxFrameSize(),
                        role == Role.SERVER);
        pulse = new Pulse(this, settings);
        if (context.channel().isActive()) {
            start();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        start();
        context.fireChannelActive();
    }

    private void start() {
        counters.connectionOpened();
        ByteBuf out = ctx.alloc().directBuffer(128);
        Greeting.write(out, role, settings);
        outbox.add(out);
        outbox.flushNow();
        pulse.start();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            pulse.heard();
            reader.read(in);
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!touched.isEmpty()) {
            for (int i = 0; i < touched.size(); i++) {
                touched.get(i).readComplete();
            }
            touched.clear();
        }
        outbox.flush();
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            sendFlow.pump();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        finish(
                new ConnectionEnd(
                        ConnectionEnd.By.PEER, ErrorCode.NO_ERROR, "connection closed by peer"));
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        finish(new ConnectionEnd(ConnectionEnd.By.US, ErrorCode.NO_ERROR, "connection closed"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable root =
                cause instanceof DecoderException && cause.getCause() != null
                        ? cause.getCause()
                        : cause;
        ConnectionEnd.By by =
                root instanceof SSLException ? ConnectionEnd.By.TLS : ConnectionEnd.By.FAILURE;
        finish(new ConnectionEnd(by, ErrorCode.NO_ERROR, String.valueOf(root.getMessage())));
        context.close();
    }

    // ---- the owner ----

    /** The loop everything happens on. */
    public EventLoop loop() {
        return ctx.channel().eventLoop();
    }

    /** Open streams. */
    public int streams() {
        return streams.size();
    }

    /** Client: how many more streams may be opened now. */
    public int room() {
        if (draining || over || !streams.numbersLeft() || !ctx.channel().isActive()) {
            return 0;
        }
        return Math.max(0, Math.min(settings.poolStreams(), peerMaxStreams) - streams.size());
    }

    /** Whether it takes no new streams any more. */
    public boolean draining() {
        return draining || over;
    }

    /** Client: asks for a tunnel; {@link #room()} must be positive. */
    public TunnelStream open(ConnectRequest request, StreamEvents opening) {
        assert loop().inEventLoop();
        TunnelStream stream = new TunnelStream(this, streams.nextLocal(), opening);
        streams.add(stream);
        outbox.headers(stream.id(), false, block -> HeaderWriter.connect(block, request));
        return stream;
    }

    /**
     * Takes no new streams and closes when the last one is over; a server tells its peer in two
     * steps (RFC 9113 section 6.8).
     */
    public void drain() {
        assert loop().inEventLoop();
        if (draining || over) {
            return;
        }
        draining = true;
        if (role == Role.SERVER) {
            outbox.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR);
            pulse.askForDrain();
        }
        events.draining();
        closeIfDrained();
    }

    /** Closes now; streams still open are broken. */
    public void close(String reason) {
        assert loop().inEventLoop();
        end(new ConnectionEnd(ConnectionEnd.By.US, ErrorCode.NO_ERROR, reason));
    }

    // ---- the parts ----

    Role role() {
        return role;
    }

    HboneSettings settings() {
        return settings;
    }

    HboneCounters counters() {
        return counters;
    }

    ConnectionEvents events() {
        return events;
    }

    StreamTable table() {
        return streams;
    }

    FloodGuard floods() {
        return floods;
    }

    Window window() {
        return window;
    }

    Outbox outbox() {
        return outbox;
    }

    SendFlow sendFlow() {
        return sendFlow;
    }

    Pulse pulse() {
        return pulse;
    }

    ByteBufAllocator alloc() {
        return ctx.alloc();
    }

    void touched(TunnelStream stream) {
        touched.add(stream);
    }

    /** Bytes of the connection's window were consumed. */
    void credit(int bytes) {
        int increment = window.giveBack(bytes);
        if (increment > 0 && !over) {
            outbox.windowUpdate(0, increment);
        }
    }

    void respond(TunnelStream stream, int status, Map<String, String> headers, boolean endStream) {
        outbox.headers(
                stream.id(), endStream, block -> HeaderWriter.response(block, status, headers));
    }

    /** A stream is over; what it still held counts as consumed. */
    void closed(TunnelStream stream, int held) {
        streams.remove(stream);
        if (over) {
            return;
        }
        credit(held);
        events.streamClosed();
        closeIfDrained();
    }

    /** By its SETTINGS; until they come, by what is known of it otherwise. */
    public void peerMaxStreams(long most) {
        peerMaxStreams = (int) Math.min(most, Integer.MAX_VALUE);
    }

    public int peerMaxStreams() {
        return peerMaxStreams;
    }

    boolean goAwaySent() {
        return goAwaySent;
    }

    /**
     * Server, second step of the drain: the peer has seen the first, so this is the last number it
     * may have used.
     */
    void sendLastGoAway() {
        if (!goAwaySent && !over) {
            goAwaySent = true;
            outbox.goAway(streams.lastPeer(), ErrorCode.NO_ERROR);
            closeIfDrained();
        }
    }

    /** Client: the peer takes no streams above this number. */
    void peerDrains(int lastStreamId, long errorCode) {
        boolean first = !draining;
        draining = true;
        String reason = "peer is going away: " + ErrorCode.name(errorCode);
        for (TunnelStream stream : streams.where(s -> s.id() > lastStreamId)) {
            stream.lost(
                    new StreamEvents.Break(ErrorCode.REFUSED_STREAM, true, null, reason),
                    new TunnelBroken(reason));
        }
        if (first) {
            events.draining();
        }
        closeIfDrained();
    }

    private void closeIfDrained() {
        boolean told = role == Role.CLIENT || goAwaySent;
        if (draining && told && !over && streams.size() == 0) {
            close("drained");
        }
    }

    void limitReached(Limit limit) {
        counters.hit(limit);
        events.limitReached(limit);
    }

    /** The peer broke the rules. */
    void violated(long errorCode, @Nullable Limit limit, String reason) {
        if (over) {
            return;
        }
        if (limit == null) {
            counters.protocolError();
        } else {
            limitReached(limit);
        }
        end(new ConnectionEnd(ConnectionEnd.By.VIOLATION, errorCode, reason));
    }

    private void end(ConnectionEnd end) {
        if (!over) {
            outbox.goAway(streams.lastPeer(), end.errorCode());
            outbox.flushNow();
            finish(end);
            Farewell.close(ctx, end);
        }
    }

    private void finish(ConnectionEnd end) {
        if (over) {
            return;
        }
        over = true;
        pulse.stop();
        reader.stop();
        boolean unprocessed = !pulse.settled();
        TunnelBroken cause = new TunnelBroken(end.describe());
        StreamEvents.Break why =
                new StreamEvents.Break(end.errorCode(), unprocessed, end, end.describe());
        for (TunnelStream stream : streams.where(s -> true)) {
            stream.lost(why, cause);
        }
        outbox.release();
        counters.connectionClosed();
        events.closed(end);
    }
}
