package dev.ambit.hbone.connection;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a stream until it is a tunnel. Called on the loop; {@link #broken} at most once,
 * never after an answer of 200.
 */
public interface StreamEvents {
    /** Client: the peer answered. With 200 the stream is a tunnel now; else it is over. */
    default void answered(TunnelStream stream, int status, Map<String, String> headers) {}

    /** The peer reset the stream, or the connection died, before the answer. */
    void broken(TunnelStream stream, Break why);

    /**
     * Why it broke.
     *
     * @param errorCode of the reset or of the connection's end
     * @param unprocessed the peer has certainly done nothing for it: it may be tried again
     * @param end how the connection ended, null if only the stream did
     * @param reason for logs
     */
    record Break(long errorCode, boolean unprocessed, @Nullable ConnectionEnd end, String reason) {}
}
