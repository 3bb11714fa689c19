package dev.ambit.ztunnel.outbound;

import dev.ambit.hbone.client.OpenFailure;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.ResponseFlag;
import java.io.IOException;

/**
 * What a tunnel's failure is called in logs and metrics, and what it means: the one table of it.
 */
final class OpenFailures {

    private static final int SERVICE_UNAVAILABLE = 503;

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

    /**
     * Whether the failure says nothing about us and little about the service: nobody there, or
     * nobody who could reach the application. A refusal, or somebody else's identity, is final.
     *
     * @param forApplication whether a tunnel's status tells of the application at its end
     */
    static boolean elsewhere(OpenFailure failure, boolean forApplication) {
        return switch (failure) {
            // Without a descriptor of our own another endpoint is no better.
            case OpenFailure.Connect connect -> connect.cause() instanceof IOException;
            case OpenFailure.ConnectTimeout timeout -> true;
            case OpenFailure.H2 h2 -> true;
            case OpenFailure.Draining draining -> true;
            case OpenFailure.Status status ->
                    status.code() == SERVICE_UNAVAILABLE && forApplication;
            case OpenFailure.Tls tls -> false;
            case OpenFailure.Identity identity -> false;
            case OpenFailure.Revoked revoked -> false;
        };
    }
}
