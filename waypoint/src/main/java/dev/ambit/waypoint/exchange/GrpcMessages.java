package dev.ambit.waypoint.exchange;

import io.netty.buffer.ByteBuf;

/** Counts length-prefixed gRPC messages in a body that arrives in pieces. */
final class GrpcMessages {

    private static final int PREFIX = 5;

    private long count;
    private long bodyLeft;
    private int prefixSeen;
    private long length;

    /** Looks at the bytes without taking them. */
    void see(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (bodyLeft > 0) {
                long skipped = Math.min(bodyLeft, end - at);
                bodyLeft -= skipped;
                at += (int) skipped;
            } else {
                byte b = bytes.getByte(at++);
                if (prefixSeen > 0) {
                    length = length << 8 | (b & 0xff);
                }
                if (++prefixSeen == PREFIX) {
                    count++;
                    bodyLeft = length;
                    prefixSeen = 0;
                    length = 0;
                }
            }
        }
    }

    long count() {
        return count;
    }
}
