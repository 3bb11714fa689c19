package dev.ambit.ztunnel.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** DNS messages as others would write them. */
final class Wire {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static Wire message() {
        return new Wire();
    }

    /** Id, flags and the four counts. */
    static Wire header(int id, int flags, int questions, int answers, int authority, int more) {
        return new Wire().u16(id).u16(flags).u16(questions).u16(answers).u16(authority).u16(more);
    }

    static byte[] query(int id, String name, int type) {
        return header(id, 0x0100, 1, 0, 0, 0).name(name).u16(type).u16(1).bytes();
    }

    static byte[] queryWithEdns(int id, String name, int type, int payload) {
        return header(id, 0x0100, 1, 0, 0, 1)
                .name(name)
                .u16(type)
                .u16(1)
                .opt(payload, 0, true)
                .bytes();
    }

    /** An answer to a question without EDNS: addresses of four bytes each. */
    static byte[] answer(byte[] query, int flags, int ttl, String... addresses) {
        Wire answer = answerTo(query, flags, addresses.length);
        for (String address : addresses) {
            answer.u16(0xc00c).u16(1).u16(1).u32(ttl).u16(4);
            for (String part : address.split("\\.", -1)) {
                answer.u8(Integer.parseInt(part));
            }
        }
        return answer.bytes();
    }

    /** The header and question of an answer. */
    static Wire answerTo(byte[] query, int flags, int answers) {
        int end = questionEnd(query);
        Wire answer = header(get(query, 0), flags, 1, answers, 0, 0);
        answer.out.write(query, 12, end - 12);
        return answer;
    }

    private static int questionEnd(byte[] query) {
        int at = 12;
        while (query[at] != 0) {
            at += query[at] + 1;
        }
        return at + 5;
    }

    Wire u8(int value) {
        out.write(value);
        return this;
    }

    Wire u16(int value) {
        return u8(value >> 8).u8(value);
    }

    Wire u32(int value) {
        return u16(value >>> 16).u16(value);
    }

    Wire name(String name) {
        if (!name.isEmpty()) {
            for (String label : name.split("\\.", -1)) {
                byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
                u8(bytes.length);
                out.writeBytes(bytes);
            }
        }
        return u8(0);
    }

    Wire opt(int payload, int version, boolean dnssecOk) {
        return u8(0).u16(41).u16(payload).u8(0).u8(version).u16(dnssecOk ? 0x8000 : 0).u16(0);
    }

    Wire raw(byte... bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    static int get(byte[] message, int at) {
        return (message[at] & 0xff) << 8 | (message[at + 1] & 0xff);
    }

    static int code(byte[] message) {
        return message[3] & 15;
    }

    static int answers(byte[] message) {
        return get(message, 6);
    }

    /**
     * The texts of A and AAAA answers, and {@code CNAME name}; reads pointers like any resolver.
     */
    static List<String> records(byte[] message) throws MalformedMessage {
        List<String> records = new ArrayList<>();
        MessageReader reader = new MessageReader(message);
        reader.moveTo(12);
        reader.name(true);
        reader.skip(4);
        for (int i = 0; i < answers(message); i++) {
            String owner = reader.name(true);
            int type = reader.u16();
            reader.skip(2);
            long ttl = reader.u32();
            int length = reader.u16();
            int data = reader.at();
            String text;
            if (type == DnsTypes.CNAME) {
                text = "CNAME " + reader.name(true);
            } else {
                byte[] address = new byte[length];
                System.arraycopy(message, data, address, 0, length);
                text = dev.ambit.api.IpAddress.of(address).toString();
            }
            reader.moveTo(data + length);
            records.add(owner + " " + ttl + " " + text);
        }
        return records;
    }
}
