package dev.ambit.ztunnel.dns;

import dev.ambit.api.IpAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.dns.AddressFamily;
import dev.ambit.policy.dns.DnsAnswer;
import dev.ambit.policy.dns.DnsClient;
import dev.ambit.policy.dns.NameLookup;
import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.dns.DnsMetrics.Refusal;
import dev.ambit.ztunnel.egress.EgressGuard;
import dev.ambit.ztunnel.state.AddressDemand;
import dev.ambit.ztunnel.state.AddressNames;
import dev.ambit.ztunnel.state.LocalWorkload;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a message an application sends to its DNS server, whatever carried it:
 *
 * <ol>
 *   <li>{@link DnsQuery} understands it, or says which error it is owed.
 *   <li>{@link LocalWorkload} says who asks.
 *   <li>{@link NameLookup} answers what the mesh knows; on demand the control plane is asked first.
 *   <li>{@link Forwarder} asks the name servers for the rest, {@link StaleAnswers} remembers what
 *       they said for when they are gone.
 *   <li>{@link EgressGuard} learns which addresses were given for which name.
 * </ol>
 *
 * Confined to its loop.
 */
final class DnsService {

    private static final Log LOG = Log.get("dns");
    private static final Log ACCESS = Log.get("dns::access");

    private final EventLoop loop;
    private final LocalWorkload local;
    private final NameLookup lookup;
    private final Forwarder forwarder;
    private final StaleAnswers stale;
    private final Sources sources;
    private final DnsMetrics metrics;
    private final DnsConfig.Limits limits;
    private int inFlight;
    private @Nullable Runnable whenIdle;

    /**
     * Where it learns from and whom it tells.
     *
     * @param search the pod's own search domains; null: not to be found out
     */
    record Sources(
            @Nullable PodSearchDomains search,
            @Nullable List<String> searchDomains,
            AddressDemand demand,
            EgressGuard egress) {}

    DnsService(
            EventLoop loop,
            LocalWorkload local,
            DnsConfig config,
            Forwarder forwarder,
            Sources sources,
            DnsMetrics metrics) {
        this.loop = loop;
        this.local = local;
        this.lookup = new NameLookup(config.cluster());
        this.forwarder = forwarder;
        this.limits = config.limits();
        this.stale = new StaleAnswers(limits.stale());
        this.sources = sources;
        this.metrics = metrics;
    }

    /**
     * Answers a message, now or later.
     *
     * @param protocol {@code udp} or {@code tcp}
     * @param reply gets the answer once; null: there is none to be given
     */
    void handle(byte[] message, String protocol, Consumer<byte @Nullable []> reply) {
        switch (DnsQuery.parse(message)) {
            case DnsQuery.Parsed.Ignored ignored -> {
                metrics.refused(Refusal.MALFORMED);
                LOG.debug("message ignored", "error", ignored.reason());
                reply.accept(null);
            }
            case DnsQuery.Parsed.Bad bad -> {
                boolean malformed = bad.code() == DnsTypes.FORMAT_ERROR;
                metrics.refused(malformed ? Refusal.MALFORMED : Refusal.UNSUPPORTED);
                LOG.debug("message refused", "error", bad.reason());
                reply.accept(Reply.error(bad));
            }
            case DnsQuery.Parsed.Question question -> {
                DnsQuery query = question.query();
                int limit = protocol.equals("udp") ? query.maxDatagram() : 65_535;
                begin(new Request(query, protocol, limit, reply));
            }
        }
    }

    /** One question under way. */
    private record Request(
            DnsQuery query, String protocol, int limit, Consumer<byte @Nullable []> reply) {}

    private void begin(Request request) {
        if (inFlight >= limits.inFlight()) {
            metrics.refused(Refusal.LIMIT);
            request.reply().accept(Reply.error(request.query(), DnsTypes.SERVER_FAILURE));
            return;
        }
        inFlight++;
        metrics.inFlight().increment();
        local.whenKnown(loop, limits.workloadWait(), source -> known(request, source));
    }

    private void end(Request request, byte[] answer) {
        inFlight--;
        metrics.inFlight().decrement();
        request.reply().accept(answer);
        if (inFlight == 0 && whenIdle != null) {
            whenIdle.run();
        }
    }

    private void known(Request request, @Nullable Workload source) {
        DnsQuery query = request.query();
        metrics.request(query, request.protocol(), source);
        if (source == null) {
            metrics.refused(Refusal.UNKNOWN_SOURCE);
            end(request, Reply.error(query, DnsTypes.SERVER_FAILURE));
            return;
        }
        String name = query.name();
        if (name == null || !query.isForAddresses()) {
            forward(request, source, null);
            return;
        }
        AddressFamily family = query.type() == DnsTypes.A ? AddressFamily.V4 : AddressFamily.V6;
        find(
                client(source),
                name,
                family,
                answer -> {
                    switch (answer) {
                        case DnsAnswer.Found found -> {
                            log(request, source, "success", found.addresses().size());
                            end(request, Reply.answer(query, found, request.limit()));
                        }
                        case DnsAnswer.Forward forward ->
                                forward(request, source, forward.registered());
                    }
                });
    }

    /** The mesh's answer; on demand, after the control plane has been asked for the name. */
    private void find(
            DnsClient client, String name, AddressFamily family, Consumer<DnsAnswer> then) {
        DnsAnswer first = ask(client, name, family);
        if (first instanceof DnsAnswer.Found found) {
            sources.demand().used(found.service().resourceName());
            sources.demand().used(AddressNames.anyNamespace(found.service().hostname()));
            then.accept(first);
            return;
        }
        List<String> wanted =
                sources.demand().isEverything()
                        ? List.of()
                        : AddressNames.ofHostnames(
                                lookup.hostnames(client, name),
                                "svc." + lookup.cluster().domain(),
                                client.workload().namespace());
        boolean asked =
                sources.demand()
                        .whenHeard(loop, wanted, () -> then.accept(ask(client, name, family)));
        if (asked) {
            metrics.onDemand(client.workload(), name);
        }
    }

    private DnsAnswer ask(DnsClient client, String name, AddressFamily family) {
        return lookup.lookup(client, name, family, local.mesh(), ThreadLocalRandom.current());
    }

    private DnsClient client(Workload source) {
        List<String> own = sources.searchDomains();
        if (own == null && sources.search() != null) {
            own = sources.search().current();
        }
        return own == null
                ? DnsClient.assumed(source, lookup.cluster())
                : new DnsClient(source, own);
    }

    private void forward(Request request, Workload source, @Nullable MeshService registered) {
        DnsQuery query = request.query();
        metrics.forwarded(query, request.protocol(), source);
        long began = System.nanoTime();
        forwarder.forward(
                query,
                answer -> {
                    long now = System.nanoTime();
                    metrics.took(query, request.protocol(), source, now - began);
                    forwarded(request, source, registered, answer);
                });
    }

    private void forwarded(
            Request request,
            Workload source,
            @Nullable MeshService registered,
            @Nullable UpstreamAnswer answer) {
        DnsQuery query = request.query();
        long now = System.nanoTime();
        UpstreamAnswer given = answer;
        if (answer != null && !answer.isRefusal()) {
            stale.keep(query, answer, now);
            log(request, source, "forwarded", answer.answerEnds().size());
        } else {
            metrics.failed(query, request.protocol(), source);
            log(request, source, "forwarding failed", 0);
            UpstreamAnswer old = stale.find(query, now);
            if (old != null) {
                metrics.stale();
                given = old;
            }
        }
        if (given == null) {
            end(request, Reply.error(query, DnsTypes.SERVER_FAILURE));
            return;
        }
        String name = query.name();
        if (name != null && query.isForAddresses()) {
            sources.egress().answered(name, registered != null, given.addresses(), given.minTtl());
        }
        end(request, Reply.forwarded(query, given, request.limit()));
    }

    /**
     * Finds an address for a host name as a lookup of the pod would, IPv4 first; null if it has
     * none.
     */
    void resolve(String hostname, Consumer<@Nullable IpAddress> then) {
        resolve(
                hostname,
                DnsTypes.A,
                v4 -> {
                    if (v4 != null) {
                        then.accept(v4);
                    } else {
                        resolve(hostname, DnsTypes.AAAA, then);
                    }
                });
    }

    private void resolve(String hostname, int type, Consumer<@Nullable IpAddress> then) {
        byte[] question = Question.of(hostname, type);
        if (question == null) {
            then.accept(null);
            return;
        }
        handle(question, "tcp", answer -> then.accept(Question.firstAddress(question, answer)));
    }

    /** Runs once nothing is under way any more. */
    void whenIdle(Runnable then) {
        if (inFlight == 0) {
            then.run();
        } else {
            whenIdle = then;
        }
    }

    private static void log(Request request, Workload source, String result, int endpoints) {
        if (ACCESS.debugEnabled()) {
            ACCESS.debug(
                    "lookup",
                    "src.workload",
                    source.name(),
                    "src.namespace",
                    source.namespace(),
                    "query",
                    DnsTypes.label(request.query().type()),
                    "domain",
                    String.valueOf(request.query().name()),
                    "result",
                    result,
                    "endpoints",
                    endpoints);
        }
    }
}
