package dev.ambit.ztunnel.telemetry;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One connection from the moment its peers are known: counts its bytes while it lasts, and at its
 * end, exactly once, counts the outcome and writes the access-log line. Owned by the connection,
 * used on its loop.
 */
public final class ConnectionRecord {

    private final Addressing addressing;
    private final ConnectionMetrics.Pair pair;
    private final long startNanos;
    private long received;
    private long sent;
    private boolean finished;
    private int tries = 1;
    private @Nullable TraceContext trace;
    private @Nullable String tlsGroup;

    /**
     * @param source the client's address
     * @param destination where the connection goes at L4: with HBONE the other proxy's port
     * @param hboneTarget the authority of the CONNECT, unresolved if it is a name; null on
     *     plaintext
     */
    public record Addressing(
            InetSocketAddress source,
            InetSocketAddress destination,
            @Nullable InetSocketAddress hboneTarget) {}

    private ConnectionRecord(Addressing addressing, ConnectionMetrics.Pair pair, long startNanos) {
        this.addressing = addressing;
        this.pair = pair;
        this.startNanos = startNanos;
    }

    /** Counts an opened connection that began at {@code startNanos} of the system's nano clock. */
    public static ConnectionRecord open(
            ConnectionMetrics metrics, Peers peers, Addressing addressing, long startNanos) {
        ConnectionRecord record = new ConnectionRecord(addressing, metrics.open(peers), startNanos);
        record.pair.series.openedCell.increment();
        record.trace = record.pair.reports().trace(peers.local(), null);
        AccessLog.opened(record);
        return record;
    }

    /** How many endpoints were tried, this one included. */
    public void tried(int endpoints) {
        tries = endpoints;
    }

    /** The way on is open: the destination, or its application, has accepted. */
    public void connected() {
        pair.connected(System.nanoTime() - startNanos);
    }

    /** By which key exchange its tunnel is secured; null if nobody can tell. */
    public void securedBy(@Nullable String group) {
        tlsGroup = group;
    }

    @Nullable String tlsGroup() {
        return tlsGroup;
    }

    /** Where in a trace it stands, if that had to be told before it was opened. */
    public void in(TraceContext place) {
        trace = place;
    }

    /** The other proxy has said where in a trace it stands. */
    public void continues(@Nullable String traceparent) {
        if (traceparent != null && trace != null) {
            trace = pair.reports().trace(pair.peers.local(), traceparent);
        }
    }

    /** What tells the other proxy where in a trace we stand; null if nobody follows traces. */
    public @Nullable String traceparent() {
        return trace == null ? null : trace.traceparent();
    }

    /**
     * Goes on with a connection another process opened and counted, with the bytes it counted: they
     * belong to the line at the end, not to our counters.
     */
    public static ConnectionRecord resume(
            ConnectionMetrics metrics, Peers peers, Addressing addressing, Before before) {
        ConnectionRecord record =
                new ConnectionRecord(
                        addressing,
                        metrics.open(peers),
                        System.nanoTime() - before.age().toNanos());
        record.received = before.received();
        record.sent = before.sent();
        return record;
    }

    /** What a connection has behind it: time since its begin, and bytes each way. */
    public record Before(Duration age, long received, long sent) {
        /** One that is still being opened. */
        public static final Before NOTHING = new Before(Duration.ZERO, 0, 0);
    }

    /** Its life so far. */
    public Before before() {
        return new Before(age(), received, sent);
    }

    /** Its addresses. */
    public Addressing addressing() {
        return addressing;
    }

    /** Bytes went from client to server. */
    public void received(long bytes) {
        received += bytes;
        pair.series.receivedCell.add(bytes);
    }

    /** Bytes went from server to client. */
    public void sent(long bytes) {
        sent += bytes;
        pair.series.sentCell.add(bytes);
    }

    /** The end; null if both ends simply finished. Later calls do nothing. */
    public void finish(@Nullable ConnectionFailure failure) {
        if (finished) {
            return;
        }
        finished = true;
        pair.ended(failure == null ? ResponseFlag.NONE : failure.flag());
        boolean wanted = pair.reports().wanted(this, failure);
        if (wanted) {
            AccessLog.ended(this, failure);
        }
        ConnectionSink sink = pair.reports().sink();
        TraceContext given = trace;
        if (sink == null || given == null) {
            return;
        }
        Peers peers = pair.peers;
        TraceContext place =
                pair.reports().told(given, peers.reporter() == Reporter.DESTINATION, peers.local());
        if (wanted || place.sampled()) {
            sink.ended(report(place, wanted, failure));
        }
    }

    private ConnectionSink.Report report(
            TraceContext place, boolean wanted, @Nullable ConnectionFailure failure) {
        Instant end = Instant.now();
        return new ConnectionSink.Report(
                end.minus(age()),
                end,
                peers().reporter(),
                place,
                wanted,
                AccessLog.COMPLETE,
                failure != null,
                AccessLog.lineOf(this, failure));
    }

    TrafficLabels labels() {
        return pair.labels;
    }

    InetSocketAddress source() {
        return addressing.source();
    }

    InetSocketAddress destination() {
        return addressing.destination();
    }

    @Nullable InetSocketAddress hboneTarget() {
        return addressing.hboneTarget();
    }

    int tries() {
        return tries;
    }

    /** Who is connected. */
    public Peers peers() {
        return pair.peers;
    }

    AccessLog.Described described() {
        return pair.described;
    }

    long receivedBytes() {
        return received;
    }

    long sentBytes() {
        return sent;
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
