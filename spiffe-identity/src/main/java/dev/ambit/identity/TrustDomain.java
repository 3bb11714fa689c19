package dev.ambit.identity;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of one domain of trust, as in {@code spiffe://<name>/...}; SPIFFE-ID section 2.1: lower
 * case letters, digits, dots, dashes and underscores, at most 255 of them.
 */
public record TrustDomain(String name) {

    // First: the constant below is checked with it.
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]{1,255}");

    /** What Istio uses when nothing else is configured. */
    public static final TrustDomain CLUSTER_LOCAL = new TrustDomain("cluster.local");

    public TrustDomain {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "trust domain: %s (expected: 1-255 of a-z 0-9 . - _)"
                            .formatted(Quoted.of(name)));
        }
    }

    @Override
    public String toString() {
        return name;
    }

    // By hand: C1 calls what a record brings by method handle, five times as slow, and this is a
    // key.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TrustDomain o && name.equals(o.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
