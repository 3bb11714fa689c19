package dev.ambit.ztunnel.telemetry;

import dev.ambit.hbone.TunnelBroken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection ended other than by its two ends. The texts are upstream's: people search logs
 * for them.
 *
 * @param flag value of the metric label
 * @param text value of the log field {@code error}
 */
public record ConnectionFailure(ResponseFlag flag, String text) {

    /** The redirection led back to ourselves. */
    public static final ConnectionFailure SELF_CALL =
            connect("attempted recursive call to ourselves");

    /** A policy that came later denies it. */
    public static final ConnectionFailure POLICY_CHANGE =
            denied("connection closed due to policy change");

    /** This process or its pod ends. */
    public static final ConnectionFailure DRAINED =
            connect("connection closed due to connection drain");

    /** Whoever asked for the tunnel gave up before it was answered. */
    public static final ConnectionFailure CLIENT_GONE =
            connect("client gave up before the application was reached");

    /** TCP to the other proxy's HBONE port got no answer at all. */
    public static final ConnectionFailure HBONE_TIMEOUT =
            new ConnectionFailure(
                    ResponseFlag.NETWORK_POLICY,
                    "connection timed out, maybe a NetworkPolicy is blocking HBONE port 15008: deadline has elapsed");

    /** The peer's certificate is on a revocation list, since the handshake or then already. */
    public static final ConnectionFailure REVOKED =
            new ConnectionFailure(
                    ResponseFlag.CERT_REVOKED,
                    "connection closed: peer certificate revoked by CRL");

    /** What vouched for the peer at its handshake is trusted no more. */
    public static final ConnectionFailure ROOT_REMOVED =
            new ConnectionFailure(
                    ResponseFlag.TLS_FAILURE,
                    "connection closed: the root of the peer certificate has left the trust bundle");

    /** A certificate ended while the connection lived, and that is to count. */
    public static final ConnectionFailure EXPIRED =
            new ConnectionFailure(
                    ResponseFlag.TLS_FAILURE, "connection closed: certificate has expired");

    /**
     * @param reason as the authorizer words it
     */
    public static ConnectionFailure policyRejection(String reason) {
        return denied("connection closed due to policy rejection: " + reason);
    }

    /**
     * @param workload {@code account.namespace (name)}
     */
    public static ConnectionFailure unknownLocalWorkload(Object workload) {
        return connect("failed to fetch information about local workload: " + workload);
    }

    /** Nothing registered is there, and only that may be reached. */
    public static ConnectionFailure egress(String reason) {
        return denied(reason);
    }

    /** The application or the passthrough destination did not accept. */
    public static ConnectionFailure connectFailed(@Nullable Throwable cause) {
        return connect("connection failed: " + IoErrors.text(cause));
    }

    /** A leg broke while bytes went. */
    public static ConnectionFailure io(Throwable cause) {
        if (cause instanceof TunnelBroken cut) {
            for (ConnectionFailure ours : List.of(REVOKED, ROOT_REMOVED, EXPIRED)) {
                if (ours.text().equals(cut.getMessage())) {
                    return ours;
                }
            }
        }
        return connect("io error: " + IoErrors.text(cause));
    }

    /** The other proxy answered a CONNECT with something else than 200. */
    public static ConnectionFailure httpStatus(int status) {
        return connect("http status: " + status + reasonPhrase(status));
    }

    /** A handshake failed, at either end. */
    public static ConnectionFailure tls(String reason) {
        String text =
                reason.startsWith("identity verification error")
                        ? reason
                        : "tls handshake error: " + reason;
        return new ConnectionFailure(ResponseFlag.TLS_FAILURE, text);
    }

    /** A handshake failed for what revocation lists say, or do not say. */
    public static ConnectionFailure revoked(String reason) {
        return new ConnectionFailure(ResponseFlag.CERT_REVOKED, "connection closed: " + reason);
    }

    /** No certificate of our own. */
    public static ConnectionFailure identity(String reason) {
        return new ConnectionFailure(ResponseFlag.IDENTITY_ERROR, "identity error: " + reason);
    }

    /** More than its source identity may have. */
    public static ConnectionFailure overLimit(String reason) {
        return new ConnectionFailure(ResponseFlag.IDENTITY_LIMIT, reason);
    }

    /** Anything else. */
    public static ConnectionFailure connect(String text) {
        return new ConnectionFailure(ResponseFlag.CONNECT_FAILURE, text);
    }

    private static ConnectionFailure denied(String text) {
        return new ConnectionFailure(ResponseFlag.POLICY_DENIED, text);
    }

    /** The statuses an HBONE server gives (ambient.md 1.11). */
    private static String reasonPhrase(int status) {
        return switch (status) {
            case 400 -> " Bad Request";
            case 401 -> " Unauthorized";
            case 403 -> " Forbidden";
            case 404 -> " Not Found";
            case 429 -> " Too Many Requests";
            case 502 -> " Bad Gateway";
            case 503 -> " Service Unavailable";
            case 504 -> " Gateway Timeout";
            default -> "";
        };
    }
}
