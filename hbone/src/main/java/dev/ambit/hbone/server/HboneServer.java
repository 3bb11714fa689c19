package dev.ambit.hbone.server;

import dev.ambit.hbone.HboneCounters;
import dev.ambit.hbone.HboneSettings;
import dev.ambit.identity.tls.TlsContexts;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;

/**
 * The accepting end of one listener, for example a pod's 15008. Its connections may live on several
 * loops.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class HboneServer {
    /**
     * What a server needs.
     *
     * @param tls asked at each new connection; {@code MeshTls.refusing()} while there is no
     *     certificate
     * @param handler answers the CONNECTs
     */
    public record Parts(
            HboneSettings settings,
            HboneCounters counters,
            Supplier<TlsContexts> tls,
            ConnectHandler handler,
            HboneServerEvents events) {}

    public HboneServer(Parts parts) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Child handler of the listening bootstrap: an accepted channel becomes an HBONE connection.
     * Shareable.
     */
    public ChannelHandler childHandler() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Open connections, handshakes included. Any thread. */
    public int connections() {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Lets tunnels finish and takes no new ones: GOAWAY in two steps (RFC 9113 section 6.8). What
     * is left at the deadline is broken. Completes when no connection is left. Any thread.
     */
    public CompletableFuture<Void> drain(Duration deadline) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Breaks every connection now. Any thread. */
    public void close() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Breaks the connections whose session matches, for example revoked peers. Any thread. */
    public void closeWhere(Predicate<SSLSession> match, String reason) {
        throw new UnsupportedOperationException("not built yet");
    }
}
