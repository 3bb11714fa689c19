package dev.ambit.api.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.policy.Authorization;
import dev.ambit.api.policy.AuthorizationCodec;

/** xDS policies: taken whole, and then said again they are the same, or refused by name. */
public final class AuthorizationFuzz {

    private AuthorizationFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws InvalidResource {
        Authorization policy;
        try {
            policy =
                    AuthorizationCodec.fromProto(
                            dev.ambit.api.proto.security.Authorization.parseFrom(input));
        } catch (InvalidProtocolBufferException | InvalidResource refused) {
            return;
        }
        Authorization again = AuthorizationCodec.fromProto(AuthorizationCodec.toProto(policy));
        if (!again.equals(policy)) {
            throw new IllegalStateException("%s became %s".formatted(policy, again));
        }
    }
}
