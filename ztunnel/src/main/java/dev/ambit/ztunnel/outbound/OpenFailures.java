package dev.ambit.ztunnel.outbound;

import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ResponseFlag;

/** What a tunnel's failure is called in logs and metrics: the one table of it. */
final class OpenFailures {

    private OpenFailures() {}

    static ConnectionFailure of(OpenFailure failure) {
        return switch (failure) {
            case OpenFailure.Connect connect -> ConnectionFailure.connectFailed(connect.cause());
            case OpenFailure.ConnectTimeout timeout -> ConnectionFailure.HBONE_TIMEOUT;
            case OpenFailure.Tls tls -> ConnectionFailure.tls(tls.reason());
            case OpenFailure.Identity identity ->
                    new ConnectionFailure(ResponseFlag.IDENTITY_ERROR, identity.describe());
            case OpenFailure.Revoked revoked -> ConnectionFailure.revoked(revoked.reason());
            case OpenFailure.H2 h2 ->
                    new ConnectionFailure(ResponseFlag.H2_HANDSHAKE_FAILURE, h2.describe());
            case OpenFailure.Status status -> ConnectionFailure.httpStatus(status.code());
            case OpenFailure.Draining draining -> ConnectionFailure.DRAINED;
        };
    }
}
