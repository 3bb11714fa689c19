package dev.ambit.identity.revocation;

/** What becomes of a peer whose issuer no list speaks for: {@code AMBIT_CRL_UNKNOWN}. */
public enum UnknownStatus {
    /** As Istio does. */
    ALLOW,
    DENY
}
