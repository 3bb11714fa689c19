package dev.ambit.identity.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import javax.net.ssl.SSLEngine;

/** Which key exchange a handshake came to: whether a recorded connection stays secret for long. */
public final class NegotiatedGroup {

    /** What cannot be told. */
    public static final String UNKNOWN = "unknown";

    private NegotiatedGroup() {}

    /** The group by BoringSSL's name, such as {@code X25519MLKEM768}; after the handshake. */
    public static String of(SSLEngine engine) {
        if (!(engine instanceof ReferenceCountedOpenSslEngine native_)) {
            return UNKNOWN;
        }
        try {
            String name = SSL.getGroupName(native_.sslPointer());
            return name == null || name.isEmpty() ? UNKNOWN : name;
        } catch (Exception alreadyClosed) {
            return UNKNOWN;
        }
    }
}
