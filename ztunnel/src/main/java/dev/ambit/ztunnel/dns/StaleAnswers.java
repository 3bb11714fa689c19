package dev.ambit.ztunnel.dns;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last answers of the name servers, for when none of them answers any more. Never asked while
 * one does. One pod's alone, so that none can put words into another's mouth. Confined to its loop.
 */
final class StaleAnswers {

    /** Seconds a client may keep what is given again: it shall ask the servers soon. */
    static final int TTL = 10;

    private static final int MAX_ANSWERS = 256;
    private static final int MAX_BYTES = 4096;
    private static final long MAX_FRESH_SECONDS = 300;

    private record Key(String name, int type, int qclass, boolean dnssecOk) {}

    private record Kept(UpstreamAnswer answer, long untilNanos) {}

    private final long staleNanos;
    private final Map<Key, Kept> answers =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
                    return size() > MAX_ANSWERS;
                }
            };

    StaleAnswers(Duration stale) {
        this.staleNanos = stale.toNanos();
    }

    void keep(DnsQuery query, UpstreamAnswer answer, long nowNanos) {
        Key key = key(query);
        if (key == null || staleNanos == 0 || answer.message().length > MAX_BYTES) {
            return;
        }
        long fresh = Math.min(answer.minTtl(), MAX_FRESH_SECONDS);
        long until = nowNanos + Duration.ofSeconds(fresh).toNanos() + staleNanos;
        answers.put(key, new Kept(answer, until));
    }

    @Nullable UpstreamAnswer find(DnsQuery query, long nowNanos) {
        Key key = key(query);
        Kept kept = key == null ? null : answers.get(key);
        if (kept == null) {
            return null;
        }
        if (nowNanos - kept.untilNanos() > 0) {
            answers.remove(key);
            return null;
        }
        UpstreamAnswer answer = kept.answer();
        // The client gets its own question back, letter for letter.
        byte[] message = answer.message().clone();
        System.arraycopy(
                query.message(),
                DnsTypes.HEADER,
                message,
                DnsTypes.HEADER,
                query.questionEnd() - DnsTypes.HEADER);
        return new UpstreamAnswer(
                        new Octets(message),
                        answer.questionEnd(),
                        answer.answerEnds(),
                        answer.ttlOffsets(),
                        answer.addresses(),
                        TTL)
                .withTtl(TTL);
    }

    private static @Nullable Key key(DnsQuery query) {
        String name = query.name();
        DnsQuery.Edns edns = query.edns();
        return name == null
                ? null
                : new Key(name, query.type(), query.qclass(), edns != null && edns.dnssecOk());
    }
}
