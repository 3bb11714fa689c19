package dev.ambit.hbone.client;

import dev.ambit.hbone.HboneStream;
import dev.ambit.identity.tls.PeerIdentity;
import java.util.Map;

/**
 * The result of asking for a tunnel; exactly one of opened and failed is called, once, on the
 * pool's loop.
 */
public interface OpenCallback {
    /** The peer answered 200. Bytes it sent already wait for {@link HboneStream#receiver}. */
    void opened(HboneStream stream, Map<String, String> responseHeaders);

    /** Only for a tunnel within a tunnel, before the outcome: who is at its far end. */
    default void proven(PeerIdentity peer) {}

    /** There is no tunnel. */
    void failed(OpenFailure failure);
}
