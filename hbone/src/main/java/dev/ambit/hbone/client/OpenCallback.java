package dev.ambit.hbone.client;

import dev.ambit.hbone.HboneStream;
import java.util.Map;

/** The result of asking for a tunnel; exactly one method is called, once, on the pool's loop. */
public interface OpenCallback {
    /** The peer answered 200. Bytes it sent already wait for {@link HboneStream#receiver}. */
    void opened(HboneStream stream, Map<String, String> responseHeaders);

    /** There is no tunnel. */
    void failed(OpenFailure failure);
}
