package dev.ambit.ztunnel.dns;

import dev.ambit.api.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A question of our own, for names that reach us other than by DNS. */
final class Question {

    private static final int MAX_LABEL = 63;
    private static final int MAX_HOSTNAME = 253;

    private Question() {}

    /** Null if no host can have that name. */
    static byte @Nullable [] of(String hostname, int type) {
        String name =
                hostname.endsWith(".") ? hostname.substring(0, hostname.length() - 1) : hostname;
        if (name.isEmpty() || name.length() > MAX_HOSTNAME) {
            return null;
        }
        ByteBuffer message = ByteBuffer.allocate(DnsTypes.HEADER + name.length() + 6);
        message.putShort((short) 0).putShort((short) DnsTypes.FLAG_RECURSION_DESIRED);
        message.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        for (String label : name.split("\\.", -1)) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length == 0 || bytes.length > MAX_LABEL) {
                return null;
            }
            message.put((byte) bytes.length).put(bytes);
        }
        message.put((byte) 0).putShort((short) type).putShort((short) DnsTypes.CLASS_IN);
        return message.array();
    }

    /** From the answer to it. */
    static @Nullable IpAddress firstAddress(byte[] question, byte @Nullable [] answer) {
        if (answer == null
                || !(DnsQuery.parse(question) instanceof DnsQuery.Parsed.Question asked)) {
            return null;
        }
        try {
            UpstreamAnswer read = UpstreamAnswer.parse(answer, asked.query(), asked.query().id());
            return read.addresses().isEmpty() ? null : read.addresses().getFirst();
        } catch (MalformedMessage malformed) {
            return null;
        }
    }
}
