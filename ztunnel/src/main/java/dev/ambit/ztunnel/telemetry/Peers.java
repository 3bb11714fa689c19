package dev.ambit.ztunnel.telemetry;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, as far as metrics tell connections apart. Two values are equal if they have the
 * very same workload records: cheap, and a changed record is another series anyway.
 *
 * @param reporter which end speaks
 * @param source the client as the mesh state knows it
 * @param claimed the client as its certificate and its own words tell it; null where neither exists
 * @param destination the server as the mesh state knows it
 * @param service what the client asked for
 * @param mutualTls whether the connection is encrypted and both identities proven
 */
public record Peers(
        Reporter reporter,
        @Nullable Workload source,
        @Nullable Claim claimed,
        @Nullable Workload destination,
        @Nullable ServiceName service,
        boolean mutualTls) {

    /**
     * @param identity from the certificate, null on plaintext
     * @param baggage from the peer's words
     */
    public record Claim(@Nullable SpiffeId identity, Baggage baggage) {
        // By hand: C1 calls what a record brings by method handle, five times as slow, and this is
        // a key.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Claim o
                    && Objects.equals(identity, o.identity)
                    && baggage.equals(o.baggage);
        }

        @Override
        public int hashCode() {
            return 31 * Objects.hashCode(identity) + baggage.hashCode();
        }
    }

    /** The same with another server. */
    public Peers to(Workload other) {
        return new Peers(reporter, source, claimed, other, service, mutualTls);
    }

    /** Whether nothing but the client's own words and certificate tell who it is. */
    boolean onlyClaimed() {
        return source == null && claimed != null;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very same record: see above
    public boolean equals(@Nullable Object other) {
        return other instanceof Peers p
                && reporter == p.reporter
                && source == p.source
                && destination == p.destination
                && mutualTls == p.mutualTls
                && Objects.equals(claimed, p.claimed)
                && Objects.equals(service, p.service);
    }

    @Override
    public int hashCode() {
        int hash = System.identityHashCode(source) * 31 + System.identityHashCode(destination);
        hash = hash * 31 + Objects.hashCode(claimed);
        hash = hash * 31 + Objects.hashCode(service);
        return (hash * 31 + (reporter == Reporter.SOURCE ? 1 : 0)) * 2 + (mutualTls ? 1 : 0);
    }

    /** The one of them whose pod this proxy serves; null if it is not known. */
    @Nullable Workload local() {
        return reporter == Reporter.DESTINATION ? destination : source;
    }
}
