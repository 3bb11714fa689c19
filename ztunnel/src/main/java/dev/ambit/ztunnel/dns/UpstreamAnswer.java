package dev.ambit.ztunnel.dns;

import dev.ambit.api.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a name server answered, looked through before anybody sees it: it belongs to the question,
 * every record is whole, and every answer is about the name asked for or an alias it leads to.
 *
 * @param answerEnds where each record of the answer section ends
 * @param ttlOffsets of every record that has a lifetime
 * @param addresses A and AAAA records among the answers
 * @param minTtl of the answers, seconds; 0 without any
 */
record UpstreamAnswer(
        Octets octets,
        int questionEnd,
        List<Integer> answerEnds,
        List<Integer> ttlOffsets,
        List<IpAddress> addresses,
        long minTtl) {

    private static final int MAX_ALIASES = 16;

    UpstreamAnswer {
        answerEnds = List.copyOf(answerEnds);
        ttlOffsets = List.copyOf(ttlOffsets);
        addresses = List.copyOf(addresses);
    }

    byte[] message() {
        return octets.bytes();
    }

    int code() {
        return Reply.get(message(), 2) & 15;
    }

    boolean isTruncated() {
        return (Reply.get(message(), 2) & DnsTypes.FLAG_TRUNCATED) != 0;
    }

    /** Whether another server may know better. */
    boolean isRefusal() {
        int code = code();
        return code != DnsTypes.NO_ERROR && code != DnsTypes.NAME_ERROR;
    }

    /** The same with another lifetime in all records. */
    UpstreamAnswer withTtl(int seconds) {
        byte[] changed = message().clone();
        for (int offset : ttlOffsets) {
            Reply.put(changed, offset, seconds >> 16);
            Reply.put(changed, offset + 2, seconds);
        }
        return new UpstreamAnswer(
                new Octets(changed), questionEnd, answerEnds, ttlOffsets, addresses, seconds);
    }

    /**
     * Reads an answer to a question that was sent under the number {@code id}.
     *
     * @throws MalformedMessage also if it answers another question
     */
    static UpstreamAnswer parse(byte[] message, DnsQuery query, int id) throws MalformedMessage {
        if (message.length < query.questionEnd()) {
            throw new MalformedMessage("answer of " + message.length + " bytes");
        }
        MessageReader reader = new MessageReader(message);
        int answeredId = reader.u16();
        int flags = reader.u16();
        int questions = reader.u16();
        if (answeredId != id
                || (flags & DnsTypes.FLAG_RESPONSE) == 0
                || (flags & DnsTypes.OPCODE) != 0
                || questions != 1
                || !sameQuestion(message, query)) {
            throw new MalformedMessage("answer to another question");
        }
        return new Parser(message, reader, query).parse((flags & DnsTypes.FLAG_TRUNCATED) != 0);
    }

    /** Letter case included: who does not repeat it has not seen the question. */
    private static boolean sameQuestion(byte[] message, DnsQuery query) {
        return Arrays.equals(
                message,
                DnsTypes.HEADER,
                query.questionEnd(),
                query.message(),
                DnsTypes.HEADER,
                query.questionEnd());
    }

    /** One message's walk. */
    private static final class Parser {
        private final byte[] message;
        private final MessageReader reader;
        private final DnsQuery query;
        private final List<Integer> answerEnds = new ArrayList<>();
        private final List<Integer> ttlOffsets = new ArrayList<>();
        private final List<IpAddress> addresses = new ArrayList<>();
        private final List<Answer> answers = new ArrayList<>();
        private long minTtl = Long.MAX_VALUE;

        private record Answer(@Nullable String owner, int type, @Nullable String target) {}

        Parser(byte[] message, MessageReader reader, DnsQuery query) {
            this.message = message;
            this.reader = reader;
            this.query = query;
        }

        UpstreamAnswer parse(boolean truncated) throws MalformedMessage {
            int answerCount = reader.u16();
            int others = reader.u16() + reader.u16();
            reader.moveTo(query.questionEnd());
            if (!truncated) {
                for (int i = 0; i < answerCount; i++) {
                    record(true);
                    answerEnds.add(reader.at());
                }
                for (int i = 0; i < others; i++) {
                    record(false);
                }
                if (!reader.atEnd()) {
                    throw new MalformedMessage("bytes after the end at " + reader.at());
                }
                checkBailiwick();
            }
            return new UpstreamAnswer(
                    new Octets(message),
                    query.questionEnd(),
                    answerEnds,
                    ttlOffsets,
                    addresses,
                    minTtl == Long.MAX_VALUE ? 0 : minTtl);
        }

        private void record(boolean isAnswer) throws MalformedMessage {
            String owner = reader.name(true);
            int type = reader.u16();
            int recordClass = reader.u16();
            int ttlOffset = reader.at();
            long ttl = reader.u32();
            int length = reader.u16();
            int data = reader.at();
            reader.skip(length);
            if (type != DnsTypes.OPT) {
                ttlOffsets.add(ttlOffset);
            }
            if (isAnswer) {
                minTtl = Math.min(minTtl, ttl);
                answers.add(new Answer(owner, type, target(type, data, length)));
                if (recordClass == DnsTypes.CLASS_IN) {
                    address(type, data, length);
                }
            }
        }

        private @Nullable String target(int type, int data, int length) throws MalformedMessage {
            if (type != DnsTypes.CNAME && type != DnsTypes.DNAME) {
                return null;
            }
            reader.moveTo(data);
            String target = reader.name(true);
            if (reader.at() != data + length) {
                throw new MalformedMessage("alias of another length than its record at " + data);
            }
            return target;
        }

        private void address(int type, int data, int length) throws MalformedMessage {
            if (type != DnsTypes.A && type != DnsTypes.AAAA) {
                return;
            }
            if (length != (type == DnsTypes.A ? 4 : 16)) {
                throw new MalformedMessage("address of " + length + " bytes at " + data);
            }
            addresses.add(IpAddress.of(Arrays.copyOfRange(message, data, data + length)));
        }

        /** Answers about names nobody asked for make the whole message untrustworthy. */
        private void checkBailiwick() throws MalformedMessage {
            if (query.name() == null) {
                return;
            }
            Set<String> about = new HashSet<>();
            about.add(query.name());
            // As many rounds as there may be aliases: they come in any order.
            for (int round = 0; round <= MAX_ALIASES; round++) {
                boolean grown = false;
                for (Answer answer : answers) {
                    String target = answer.target();
                    if (answer.type() == DnsTypes.CNAME
                            && target != null
                            && isAbout(about, answer)) {
                        grown |= about.add(target);
                    }
                }
                if (!grown) {
                    break;
                }
            }
            if (about.size() > MAX_ALIASES) {
                throw new MalformedMessage("more than " + MAX_ALIASES + " aliases");
            }
            for (Answer answer : answers) {
                if (!isAbout(about, answer)) {
                    throw new MalformedMessage("answer about another name: " + answer.owner());
                }
            }
        }

        private static boolean isAbout(Set<String> names, Answer answer) {
            String owner = answer.owner();
            if (owner == null) {
                return false;
            }
            return names.contains(owner)
                    || (answer.type() == DnsTypes.DNAME
                            && names.stream().anyMatch(n -> n.endsWith("." + owner)));
        }
    }
}
