package dev.ambit.ztunnel.dns;

import dev.ambit.api.IpAddress;
import dev.ambit.policy.dns.DnsAnswer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Builds the messages we answer with. */
public final class Reply {

    /** Seconds an answer of the mesh may be kept (ambient.md 1.21). */
    static final int TTL = 30;

    private static final int MAX_MESSAGE = 65_535;
    private static final int OPT_LENGTH = 11;
    private static final int TO_QUESTION = 0xc000 | DnsTypes.HEADER;

    private Reply() {}

    /** Without a question: the one asked could not be read. */
    static byte[] error(DnsQuery.Parsed.Bad bad) {
        boolean extended = bad.code() > 15;
        Bytes out = new Bytes();
        out.u16(bad.id());
        out.u16(flags(bad.flags()) | (bad.code() & 15));
        out.u16(0).u16(0).u16(0).u16(extended ? 1 : 0);
        if (extended) {
            out.opt(DnsQuery.MAX_UDP, bad.code() >> 4, false);
        }
        return out.toByteArray();
    }

    /** An error to a question. */
    static byte[] error(DnsQuery query, int code) {
        Bytes out = header(query, flags(query.flags()) | code);
        edns(query, out);
        return out.toByteArray();
    }

    /**
     * What the mesh says.
     *
     * @param limit bytes the client takes at most; what is cut off is said to be, and what is left
     *     is of use to those who never ask again by TCP
     */
    public static byte[] answer(DnsQuery query, DnsAnswer.Found found, int limit) {
        int flags = flags(query.flags()) | DnsTypes.FLAG_AUTHORITATIVE;
        Bytes out = header(query, flags);
        int owner = TO_QUESTION;
        int answers = 0;
        String alias = found.canonicalName();
        if (alias != null) {
            out.u16(owner).u16(DnsTypes.CNAME).u16(DnsTypes.CLASS_IN).u32(TTL);
            out.u16(encodedLength(alias));
            owner = 0xc000 | out.size();
            out.name(alias);
            answers++;
        }
        int room = Math.min(limit, MAX_MESSAGE) - (query.edns() == null ? 0 : OPT_LENGTH);
        for (IpAddress address : found.addresses()) {
            byte[] data = address.bytes();
            if (out.size() + 12 + data.length > room) {
                flags |= DnsTypes.FLAG_TRUNCATED;
                break;
            }
            out.u16(owner).u16(query.type()).u16(DnsTypes.CLASS_IN).u32(TTL);
            out.u16(data.length).bytes(data, 0, data.length);
            answers++;
        }
        edns(query, out);
        byte[] message = out.toByteArray();
        put(message, 2, flags);
        put(message, 6, answers);
        return message;
    }

    /**
     * A server's answer as the client gets it: under the client's number, and cut at the last
     * record that fits.
     */
    static byte[] forwarded(DnsQuery query, UpstreamAnswer answer, int limit) {
        byte[] whole = answer.message();
        if (whole.length <= limit) {
            byte[] message = whole.clone();
            put(message, 0, query.id());
            return message;
        }
        int room = limit - (query.edns() == null ? 0 : OPT_LENGTH);
        int end = answer.questionEnd();
        int answers = 0;
        for (int recordEnd : answer.answerEnds()) {
            if (recordEnd > room) {
                break;
            }
            end = recordEnd;
            answers++;
        }
        Bytes out = new Bytes();
        out.bytes(whole, 0, end);
        edns(query, out);
        byte[] message = out.toByteArray();
        put(message, 0, query.id());
        put(message, 2, get(message, 2) | DnsTypes.FLAG_TRUNCATED);
        put(message, 6, answers);
        put(message, 8, 0);
        put(message, 10, query.edns() == null ? 0 : 1);
        return message;
    }

    static void put(byte[] message, int at, int value) {
        message[at] = (byte) (value >> 8);
        message[at + 1] = (byte) value;
    }

    static int get(byte[] message, int at) {
        return (message[at] & 0xff) << 8 | (message[at + 1] & 0xff);
    }

    private static int flags(int asked) {
        int echoed =
                DnsTypes.OPCODE | DnsTypes.FLAG_RECURSION_DESIRED | DnsTypes.FLAG_CHECKING_DISABLED;
        return DnsTypes.FLAG_RESPONSE | DnsTypes.FLAG_RECURSION_AVAILABLE | (asked & echoed);
    }

    private static Bytes header(DnsQuery query, int flags) {
        Bytes out = new Bytes();
        out.u16(query.id()).u16(flags).u16(1).u16(0).u16(0).u16(query.edns() == null ? 0 : 1);
        out.bytes(query.message(), DnsTypes.HEADER, query.questionEnd() - DnsTypes.HEADER);
        return out;
    }

    private static void edns(DnsQuery query, Bytes out) {
        DnsQuery.Edns edns = query.edns();
        if (edns != null) {
            out.opt(Math.max(edns.payload(), 512), 0, edns.dnssecOk());
        }
    }

    private static int encodedLength(String name) {
        return name.length() + 2;
    }

    /** Big-endian. */
    private static final class Bytes extends ByteArrayOutputStream {

        Bytes() {
            super(256);
        }

        Bytes u16(int value) {
            write(value >> 8);
            write(value);
            return this;
        }

        Bytes u32(int value) {
            return u16(value >> 16).u16(value);
        }

        Bytes bytes(byte[] from, int offset, int length) {
            write(from, offset, length);
            return this;
        }

        /** Labels that came out of a message, so their lengths are right. */
        void name(String name) {
            for (String label : name.split("\\.", -1)) {
                write(label.length());
                for (int i = 0; i < label.length(); i++) {
                    write(label.charAt(i));
                }
            }
            write(0);
        }

        void opt(int payload, int extendedCode, boolean dnssecOk) {
            write(0);
            u16(DnsTypes.OPT).u16(payload);
            write(extendedCode);
            write(0);
            u16(dnssecOk ? 0x8000 : 0).u16(0);
        }

        @Override
        public synchronized byte[] toByteArray() {
            return Arrays.copyOf(buf, count);
        }
    }
}
