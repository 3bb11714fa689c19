package dev.ambit.ztunnel.telemetry;

/** Why a connection failed, as the label {@code response_flags} says it. */
public enum ResponseFlag {
    NONE("-"),
    POLICY_DENIED("DENY"),
    CONNECT_FAILURE("CONNECT"),
    TLS_FAILURE("TLS_FAILURE"),
    H2_HANDSHAKE_FAILURE("H2_HANDSHAKE_FAILURE"),
    NETWORK_POLICY("NETWORK_POLICY"),
    IDENTITY_ERROR("IDENTITY_ERROR"),
    /** Not upstream's: a limit on the source identity. */
    IDENTITY_LIMIT("IDENTITY_LIMIT"),
    CERT_REVOKED("CERT_REVOKED");

    private final String label;

    ResponseFlag(String label) {
        this.label = label;
    }

    /** Value of the label. */
    public String label() {
        return label;
    }
}
