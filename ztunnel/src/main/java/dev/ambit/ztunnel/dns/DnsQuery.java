package dev.ambit.ztunnel.dns;

import org.jspecify.annotations.Nullable;

/**
 * A question of an application. Keeps the message: it is passed on as it came.
 *
 * @param questionEnd where the question ends in the message
 * @param name in lower case, without the last dot; null: no name a host can have
 * @param edns the client's EDNS record; null: it has none
 */
public record DnsQuery(
        Octets octets,
        int id,
        int flags,
        int questionEnd,
        @Nullable String name,
        int type,
        int qclass,
        @Nullable Edns edns) {

    private static final int PLAIN_UDP = 512;

    /** More is not taken at its word: a datagram of that size would be cut into many fragments. */
    static final int MAX_UDP = 4096;

    /**
     * RFC 6891.
     *
     * @param offset of the payload size in the message
     * @param payload the largest datagram the client takes
     */
    public record Edns(int offset, int payload, int version, boolean dnssecOk) {}

    /** The message it came in. */
    public byte[] message() {
        return octets.bytes();
    }

    /** What may be sent back in one datagram. */
    public int maxDatagram() {
        return edns == null ? PLAIN_UDP : Math.clamp(edns.payload(), PLAIN_UDP, MAX_UDP);
    }

    boolean isForAddresses() {
        return qclass == DnsTypes.CLASS_IN && (type == DnsTypes.A || type == DnsTypes.AAAA);
    }

    /** What came instead of a question. */
    public sealed interface Parsed {
        /** A question. */
        record Question(DnsQuery query) implements Parsed {}

        /**
         * To be answered with an error.
         *
         * @param reason for the log
         */
        record Bad(int id, int flags, int code, String reason) implements Parsed {}

        /** Not to be answered: it is no question at all, and its sender may be anybody. */
        record Ignored(String reason) implements Parsed {}
    }

    /** Reads what came, and never fails: what is no question says so. */
    public static Parsed parse(byte[] message) {
        if (message.length < DnsTypes.HEADER) {
            return new Parsed.Ignored("message of " + message.length + " bytes");
        }
        MessageReader reader = new MessageReader(message);
        int id = 0;
        int flags = 0;
        try {
            id = reader.u16();
            flags = reader.u16();
            if ((flags & DnsTypes.FLAG_RESPONSE) != 0) {
                return new Parsed.Ignored("an answer, not a question");
            }
            if ((flags & DnsTypes.OPCODE) != 0) {
                return new Parsed.Bad(id, flags, DnsTypes.NOT_IMPLEMENTED, "operation");
            }
            return question(message, reader, id, flags);
        } catch (MalformedMessage malformed) {
            return new Parsed.Bad(
                    id, flags, DnsTypes.FORMAT_ERROR, String.valueOf(malformed.getMessage()));
        }
    }

    private static Parsed question(byte[] message, MessageReader reader, int id, int flags)
            throws MalformedMessage {
        int questions = reader.u16();
        int records = reader.u16() + reader.u16();
        int additional = reader.u16();
        if (questions != 1) {
            throw new MalformedMessage(questions + " questions (expected: 1)");
        }
        String name = reader.name(false);
        int type = reader.u16();
        int qclass = reader.u16();
        int questionEnd = reader.at();
        Edns edns = null;
        for (int i = 0; i < records + additional; i++) {
            Edns found = record(reader);
            if (found != null) {
                if (edns != null || i < records) {
                    throw new MalformedMessage("OPT record where none may be");
                }
                edns = found;
            }
        }
        if (!reader.atEnd()) {
            throw new MalformedMessage("bytes after the end at " + reader.at());
        }
        if (edns != null && edns.version() != 0) {
            return new Parsed.Bad(id, flags, DnsTypes.BAD_VERSION, "EDNS " + edns.version());
        }
        String host = name == null || name.isEmpty() ? null : name;
        return new Parsed.Question(
                new DnsQuery(
                        new Octets(message), id, flags, questionEnd, host, type, qclass, edns));
    }

    private static @Nullable Edns record(MessageReader reader) throws MalformedMessage {
        String owner = reader.name(true);
        int type = reader.u16();
        int offset = reader.at();
        int payload = reader.u16();
        reader.skip(1);
        int version = reader.u8();
        int bits = reader.u16();
        reader.skip(reader.u16());
        if (type != DnsTypes.OPT) {
            return null;
        }
        if (owner == null || !owner.isEmpty()) {
            throw new MalformedMessage("OPT record with a name");
        }
        return new Edns(offset, payload, version, (bits & 0x8000) != 0);
    }
}
