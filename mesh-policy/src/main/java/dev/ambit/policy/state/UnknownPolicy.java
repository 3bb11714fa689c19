package dev.ambit.policy.state;

/** What a policy means that a workload names but that is not known: not yet sent, or rejected. */
public enum UnknownPolicy {
    /** Nothing, as Istio's contract says (ambient.md 1.18). */
    ALLOW,
    /** No connection to that workload until it is known. */
    DENY
}
