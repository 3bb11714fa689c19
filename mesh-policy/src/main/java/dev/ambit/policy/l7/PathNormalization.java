package dev.ambit.policy.l7;

/** How far a path is brought to one form before it is judged and sent on; named as in Istio. */
public enum PathNormalization {
    /**
     * The default: needless escapes undone, backslashes made slashes, dot segments resolved (RFC
     * 3986 section 6.2.2).
     */
    BASE,
    /** And runs of slashes made one. */
    MERGE_SLASHES,
    /** And escaped slashes and backslashes undone before. */
    DECODE_AND_MERGE_SLASHES
}
