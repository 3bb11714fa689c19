package dev.ambit.ztunnel.telemetry;

import dev.ambit.api.workload.Workload;
import dev.ambit.runtime.log.Level;
import dev.ambit.runtime.log.Log;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line per connection, at its end; at level debug one more at its start. Field names and order
 * are upstream's.
 */
public final class AccessLog {

    private static final Log LOG = Log.get("access");

    /** Of a connection that was open. */
    static final String COMPLETE = "connection complete";

    /** Of one that was refused before its peers were known. */
    static final String REFUSED = "connection failed";

    private AccessLog() {}

    static void refused(List<Object> line) {
        LOG.warn(REFUSED, line.toArray());
    }

    /** The short line of a connection whose peers were not known yet. */
    static List<Object> lineOf(
            Reporter reporter,
            InetSocketAddress source,
            InetSocketAddress destination,
            ConnectionFailure failure) {
        return List.of(
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
            LOG.debug("connection opened", line(record, 0).toArray());
        }
    }

    static void ended(ConnectionRecord record, @Nullable ConnectionFailure failure) {
        Level level = failure == null ? Level.INFO : Level.ERROR;
        if (LOG.enabled(level)) {
            LOG.log(level, COMPLETE, lineOf(record, failure).toArray());
        }
    }

    /** Keys and values by turns. */
    static List<Object> lineOf(ConnectionRecord record, @Nullable ConnectionFailure failure) {
        // Metrics name bytes from the server's side for both reporters, logs from the local
        // workload's: https://github.com/istio/istio/issues/32399.
        boolean source = record.peers().reporter() == Reporter.SOURCE;
        long fromClient = record.receivedBytes();
        long fromServer = record.sentBytes();
        List<Object> line = line(record, 12);
        add(line, "bytes_sent", source ? fromClient : fromServer);
        add(line, "bytes_recv", source ? fromServer : fromClient);
        add(line, "duration", record.age().toMillis() + "ms");
        add(line, "tries", record.tries() > 1 ? record.tries() : null);
        add(line, "error", failure == null ? null : failure.text());
        add(line, "tls_group", record.tlsGroup());
        return line;
    }

    private static List<Object> line(ConnectionRecord record, int more) {
        Described described = record.described();
        List<Object> line =
                new ArrayList<>(
                        6 + described.source().size() + described.destination().size() + more);
        add(line, "src.addr", record.source());
        line.addAll(described.source());
        add(line, "dst.addr", record.destination());
        add(line, "dst.hbone_addr", record.hboneTarget());
        line.addAll(described.destination());
        return line;
    }

    /** What all lines of two peers have in common: the fields after each address. */
    record Described(List<Object> source, List<Object> destination) {

        static Described of(Peers peers, TrafficLabels labels) {
            TrafficLabels.End from = labels.source();
            TrafficLabels.End to = labels.destination();
            ServiceName service = peers.service();
            boolean proven = peers.mutualTls();
            List<Object> source = new ArrayList<>();
            add(source, "src.workload", name(peers.source(), from));
            add(source, "src.namespace", from.namespace());
            add(source, "src.identity", proven ? from.principal() : null);
            add(source, "src.cluster", from.cluster());
            List<Object> destination = new ArrayList<>();
            add(destination, "dst.service", service == null ? null : service.hostname());
            add(destination, "dst.workload", name(peers.destination(), to));
            add(destination, "dst.namespace", to.namespace());
            add(destination, "dst.identity", proven ? to.principal() : null);
            add(destination, "dst.cluster", to.cluster());
            add(destination, "direction", peers.reporter().direction());
            return new Described(source, destination);
        }

        private static @Nullable String name(@Nullable Workload pod, TrafficLabels.End end) {
            return pod == null ? end.canonicalName() : pod.name();
        }
    }

    private static void add(List<Object> fields, String key, @Nullable Object value) {
        if (value != null) {
            fields.add(key);
            fields.add(value);
        }
    }
}
