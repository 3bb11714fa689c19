package dev.ambit.ztunnel.inpod;

import dev.ambit.runtime.linux.Netns;
import dev.ambit.runtime.linux.SystemCallException;
import dev.ambit.runtime.log.Log;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import dev.ambit.ztunnel.state.WorkloadInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts the UDP datagrams of each pod, as the kernel counts them in the pod's own namespace: the
 * mesh carries TCP only, so apart from DNS they pass it by. A background thread reads them now and
 * then; nothing of it is on the data path.
 */
public final class UdpCounters implements Runnable {

    private static final Log LOG = Log.get("inpod::udp");
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final Path SNMP = Path.of("/proc/thread-self/net/snmp");

    private final CounterVec datagrams;
    private final Map<Netns, Counted> pods = new ConcurrentHashMap<>();

    /** A namespace's totals since it was made. */
    record Totals(long in, long out) {}

    private static final class Counted {
        private final LabelSet in;
        private final LabelSet out;

        /** Touched by the background thread alone. */
        private Totals last = new Totals(0, 0);

        Counted(WorkloadInfo info) {
            in = labels("inbound", info);
            out = labels("outbound", info);
        }

        private static LabelSet labels(String direction, WorkloadInfo info) {
            return LabelSet.of(
                    "direction", direction, "namespace", info.namespace(), "pod", info.name());
        }
    }

    /** Registers the family. */
    public UdpCounters(MetricsRegistry registry) {
        datagrams =
                registry.register(
                        CounterVec.total(
                                "ambit_pod_udp_datagrams",
                                "UDP datagrams of a pod, DNS included; the mesh does not carry them"));
    }

    /** Starts pods as that starter does, and counts theirs for as long as they live. */
    public Pod.Starter counting(Pod.Starter starter) {
        return new Pod.Starter() {
            @Override
            public CompletableFuture<? extends Pod> start(
                    String uid, WorkloadInfo info, Netns netns) {
                return counted(starter.start(uid, info, netns), info, netns);
            }

            @Override
            public CompletableFuture<? extends Pod> take(
                    String uid, WorkloadInfo info, Netns netns, Inherited listeners) {
                return counted(starter.take(uid, info, netns, listeners), info, netns);
            }
        };
    }

    private CompletableFuture<? extends Pod> counted(
            CompletableFuture<? extends Pod> started, WorkloadInfo info, Netns netns) {
        return started.whenComplete(
                (pod, failure) -> {
                    if (failure == null) {
                        pods.put(netns, new Counted(info));
                    }
                });
    }

    /** Reads until interrupted. */
    @Override
    public void run() {
        while (!Thread.currentThread().isInterrupted()) {
            readAll();
            LockSupport.parkNanos(this, EVERY_NANOS);
        }
    }

    /** Reads every pod once; forgets those whose namespace was given back. */
    void readAll() {
        for (Iterator<Map.Entry<Netns, Counted>> i = pods.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<Netns, Counted> e = i.next();
            try {
                count(e.getValue(), e.getKey().call(UdpCounters::read));
            } catch (IllegalStateException closed) {
                datagrams.remove(e.getValue().in);
                datagrams.remove(e.getValue().out);
                i.remove();
            } catch (UncheckedIOException | SystemCallException e2) {
                LOG.debug("not readable", "pod", e.getValue().in, "error", e2);
            }
        }
    }

    private void count(Counted pod, Totals now) {
        datagrams.cell(pod.in).add(Math.max(0, now.in - pod.last.in));
        datagrams.cell(pod.out).add(Math.max(0, now.out - pod.last.out));
        pod.last = now;
    }

    private static Totals read() {
        try {
            Totals four = parse(Files.readString(SNMP));
            Path six = SNMP.resolveSibling("snmp6");
            Totals both = Files.exists(six) ? parse6(Files.readString(six)) : new Totals(0, 0);
            return new Totals(four.in + both.in, four.out + both.out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two lines {@code Udp:}, names and values. */
    static Totals parse(String snmp) {
        String[] names = null;
        for (String line : snmp.lines().filter(l -> l.startsWith("Udp:")).toList()) {
            String[] words = line.split(" +", -1);
            if (names == null) {
                names = words;
            } else {
                return new Totals(
                        value(names, words, "InDatagrams"), value(names, words, "OutDatagrams"));
            }
        }
        return new Totals(0, 0);
    }

    private static long value(String[] names, String[] values, String name) {
        for (int i = 1; i < names.length && i < values.length; i++) {
            if (names[i].equals(name)) {
                return Long.parseLong(values[i]);
            }
        }
        return 0;
    }

    /** A name and a value a line. */
    static Totals parse6(String snmp6) {
        long in = 0;
        long out = 0;
        for (String line : snmp6.lines().toList()) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[0].equals("Udp6InDatagrams")) {
                in = Long.parseLong(words[1]);
            } else if (words[0].equals("Udp6OutDatagrams")) {
                out = Long.parseLong(words[1]);
            }
        }
        return new Totals(in, out);
    }
}
