package dev.ambit.ztunnel.telemetry;

import dev.ambit.runtime.log.Level;
import dev.ambit.runtime.log.Log;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line per connection, at its end; at level debug one more at its start. Field names and order
 * are upstream's.
 */
public final class AccessLog {

    private static final Log LOG = Log.get("access");

    private AccessLog() {}

    /** A connection refused before its peers were known: no metric, a short line. */
    public static void refused(
            Reporter reporter,
            InetSocketAddress source,
            InetSocketAddress destination,
            ConnectionFailure failure) {
        LOG.warn(
                "connection failed",
                "src.addr",
                source,
                "dst.addr",
                destination,
                "direction",
                reporter.direction(),
                "error",
                failure.text());
    }

    static void opened(ConnectionRecord record) {
        if (LOG.debugEnabled()) {
            LOG.debug("connection opened", fields(record, List.of()).toArray());
        }
    }

    static void ended(ConnectionRecord record, @Nullable ConnectionFailure failure) {
        Level level = failure == null ? Level.INFO : Level.ERROR;
        if (!LOG.enabled(level)) {
            return;
        }
        LOG.log(level, "connection complete", lineOf(record, failure).toArray());
    }

    /** Keys and values by turns. */
    static List<@Nullable Object> lineOf(
            ConnectionRecord record, @Nullable ConnectionFailure failure) {
        // Metrics name bytes from the server's side for both reporters, logs from the local
        // workload's: https://github.com/istio/istio/issues/32399.
        boolean source = record.peers().reporter() == Reporter.SOURCE;
        long fromClient = record.receivedBytes();
        long fromServer = record.sentBytes();
        Duration duration = record.age();
        List<@Nullable Object> tail = new ArrayList<>(8);
        tail.add("bytes_sent");
        tail.add(source ? fromClient : fromServer);
        tail.add("bytes_recv");
        tail.add(source ? fromServer : fromClient);
        tail.add("duration");
        tail.add(duration.toMillis() + "ms");
        if (failure != null) {
            tail.add("error");
            tail.add(failure.text());
        }
        return fields(record, tail);
    }

    private static List<@Nullable Object> fields(
            ConnectionRecord record, List<@Nullable Object> tail) {
        Peers peers = record.peers();
        TrafficLabels labels = record.labels();
        TrafficLabels.End source = labels.source();
        TrafficLabels.End destination = labels.destination();
        ServiceName service = peers.service();
        boolean proven = peers.mutualTls();
        List<@Nullable Object> fields = new ArrayList<>(24 + tail.size());
        add(fields, "src.addr", record.source());
        add(
                fields,
                "src.workload",
                name(peers.source() == null ? null : peers.source().name(), source));
        add(fields, "src.namespace", source.namespace());
        add(fields, "src.identity", proven ? source.principal() : null);
        add(fields, "src.cluster", source.cluster());
        add(fields, "dst.addr", record.destination());
        add(fields, "dst.hbone_addr", record.hboneTarget());
        add(fields, "dst.service", service == null ? null : service.hostname());
        add(
                fields,
                "dst.workload",
                name(peers.destination() == null ? null : peers.destination().name(), destination));
        add(fields, "dst.namespace", destination.namespace());
        add(fields, "dst.identity", proven ? destination.principal() : null);
        add(fields, "dst.cluster", destination.cluster());
        add(fields, "direction", peers.reporter().direction());
        fields.addAll(tail);
        return fields;
    }

    private static @Nullable String name(@Nullable String pod, TrafficLabels.End end) {
        return pod == null ? end.canonicalName() : pod;
    }

    private static void add(List<@Nullable Object> fields, String key, @Nullable Object value) {
        if (value != null) {
            fields.add(key);
            fields.add(value);
        }
    }
}
