package dev.ambit.ztunnel.dns;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads one DNS message from front to back, never past its end. Names may point backwards only and
 * are 255 bytes at most, so that no input costs more than its length times a constant.
 */
final class MessageReader {

    private static final int MAX_NAME = 255;
    private static final int POINTER = 0xc0;

    private final byte[] message;
    private int at;

    MessageReader(byte[] message) {
        this.message = message;
    }

    int at() {
        return at;
    }

    void moveTo(int offset) {
        at = offset;
    }

    boolean atEnd() {
        return at == message.length;
    }

    int u8() throws MalformedMessage {
        need(1);
        return message[at++] & 0xff;
    }

    int u16() throws MalformedMessage {
        need(2);
        int value = (message[at] & 0xff) << 8 | (message[at + 1] & 0xff);
        at += 2;
        return value;
    }

    long u32() throws MalformedMessage {
        return (long) u16() << 16 | u16();
    }

    void skip(int bytes) throws MalformedMessage {
        need(bytes);
        at += bytes;
    }

    private void need(int bytes) throws MalformedMessage {
        if (message.length - at < bytes) {
            throw new MalformedMessage(
                    "ends at byte " + message.length + " (expected: " + bytes + " more at " + at);
        }
    }

    /**
     * A name, its labels in lower case joined by dots; empty for the root. Null if it is a proper
     * name of DNS but none of a host, because of bytes no host name has: those are not ours to
     * understand, only to pass on.
     *
     * @param pointers whether it may be compressed
     */
    @Nullable String name(boolean pointers) throws MalformedMessage {
        StringBuilder name = new StringBuilder();
        boolean host = true;
        int length = 1;
        int limit = at;
        int resume = -1;
        while (true) {
            int label = u8();
            if (label == 0) {
                break;
            }
            if ((label & POINTER) == POINTER) {
                int target = (label & ~POINTER) << 8 | u8();
                if (!pointers || target >= limit || target < DnsTypes.HEADER) {
                    throw new MalformedMessage("name points to " + target + " from " + (at - 2));
                }
                resume = resume < 0 ? at : resume;
                limit = target;
                at = target;
                continue;
            }
            if ((label & POINTER) != 0) {
                throw new MalformedMessage("label of type " + (label >> 6) + " at " + (at - 1));
            }
            length += label + 1;
            if (length > MAX_NAME) {
                throw new MalformedMessage("name of more than 255 bytes at " + at);
            }
            need(label);
            host &= append(name, label);
        }
        if (resume >= 0) {
            at = resume;
        }
        return host ? name.toString().toLowerCase(Locale.ROOT) : null;
    }

    private boolean append(StringBuilder name, int length) {
        if (!name.isEmpty()) {
            name.append('.');
        }
        boolean host = true;
        for (int end = at + length; at < end; at++) {
            int c = message[at] & 0xff;
            host &= c > ' ' && c < 0x7f && c != '.' && c != '\\';
            name.append((char) c);
        }
        return host;
    }
}
