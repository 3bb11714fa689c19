package dev.ambit.waypoint.ingress;

import dev.ambit.hbone.relay.Relay;
import dev.ambit.waypoint.exchange.ClientConnection;
import dev.ambit.waypoint.exchange.LoopContext;
import dev.ambit.waypoint.exchange.ServiceNames;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.telemetry.Parties;
import dev.ambit.waypoint.telemetry.Peer;
import dev.ambit.waypoint.telemetry.RequestRecord;
import dev.ambit.waypoint.telemetry.ServiceName;
import dev.ambit.waypoint.telemetry.TcpMetrics;
import dev.ambit.waypoint.upstream.UpstreamAttempt.Way;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Collects what happens to one opaque connection, for metrics and access log. */
final class OpaqueRecord {

    /** A long connection's bytes are told while it lives. */
    private static final long REPORT_SECONDS = 5;

    private final LoopContext context;
    private final ClientConnection client;
    private final ServiceName service;
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    private @Nullable Way way;
    private TcpMetrics.@Nullable Cells cells;
    private @Nullable Future<?> reports;
    private @Nullable String upstreamLocal;
    private long toldReceived;
    private long toldSent;

    OpaqueRecord(LoopContext context, ClientConnection client) {
        this.context = context;
        this.client = client;
        this.service = ServiceNames.of(context.mesh(), client.target());
    }

    void chosen(Way chosen) {
        way = chosen;
    }

    private Parties parties() {
        Peer destination = way == null ? Peer.UNKNOWN : way.peer();
        return new Parties(client.source(), destination, service);
    }

    void opened(Relay relay, Channel upstream) {
        TcpMetrics.Cells opened = context.telemetry().connections().cells(parties(), "-");
        cells = opened;
        opened.opened().increment();
        if (upstream.localAddress() instanceof InetSocketAddress address) {
            upstreamLocal = address.getHostString() + ":" + address.getPort();
        }
        reports =
                context.loop()
                        .scheduleWithFixedDelay(
                                () -> report(relay, opened),
                                REPORT_SECONDS,
                                REPORT_SECONDS,
                                TimeUnit.SECONDS);
    }

    private void report(Relay relay, TcpMetrics.Cells to) {
        long received = relay.firstToSecond();
        long sent = relay.secondToFirst();
        to.received().add(received - toldReceived);
        to.sent().add(sent - toldSent);
        toldReceived = received;
        toldSent = sent;
    }

    void ended(Relay relay, String flags, String details) {
        if (reports != null) {
            reports.cancel(false);
        }
        if (cells != null) {
            report(relay, cells);
        }
        context.telemetry().connections().cells(parties(), flags).closed().increment();
        log(flags, details);
    }

    void refused(ProxyError error) {
        TcpMetrics.Cells refused =
                context.telemetry().connections().cells(parties(), error.kind().flag());
        refused.opened().increment();
        refused.closed().increment();
        log(error.kind().flag(), error.detail());
    }

    private void log(String flags, String details) {
        context.telemetry()
                .accessLog()
                .record(
                        new RequestRecord(
                                parties(),
                                new RequestRecord.Asked(
                                        "-", "-", "-", null, null, null, null, false, toldReceived),
                                new RequestRecord.Answered(
                                        0,
                                        flags,
                                        details,
                                        null,
                                        null,
                                        toldSent,
                                        RequestRecord.Messages.NONE),
                                new RequestRecord.Timing(start, System.nanoTime() - startNanos, -1),
                                new RequestRecord.Addresses(
                                        way == null
                                                ? null
                                                : way.destination().address().getHostString()
                                                        + ":"
                                                        + way.destination().address().getPort(),
                                        service.cluster("tcp"),
                                        upstreamLocal,
                                        client.localAddress(),
                                        client.facts().source().toString(),
                                        null)));
    }
}
