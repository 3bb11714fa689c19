package dev.ambit.api.policy;

import dev.ambit.api.InvalidResource;

/** {@code istio.security.Authorization} to record and back. */
@SuppressWarnings("DoNotCallSuggester")
public final class AuthorizationCodec {

    private AuthorizationCodec() {}

    public static Authorization fromProto(dev.ambit.api.proto.security.Authorization message)
            throws InvalidResource {
        throw new UnsupportedOperationException("not built yet");
    }

    public static dev.ambit.api.proto.security.Authorization toProto(Authorization policy) {
        throw new UnsupportedOperationException("not built yet");
    }
}
