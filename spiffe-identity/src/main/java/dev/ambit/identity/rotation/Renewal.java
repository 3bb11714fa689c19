package dev.ambit.identity.rotation;

import dev.ambit.identity.x509.WorkloadCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;

/**
 * When a certificate is renewed: at half of its life ±10 %, so that a node's do not come at once.
 */
record Renewal(DoubleSupplier jitter) {

    private static final double SPREAD = 0.1;
    private static final Duration SOONEST = Duration.ofMinutes(1);

    Instant at(WorkloadCertificate certificate, Instant now) {
        Duration half = Duration.between(certificate.notBefore(), certificate.refreshAt());
        double factor = 1 + SPREAD * (2 * jitter.getAsDouble() - 1);
        Instant at = certificate.notBefore().plusMillis(Math.round(half.toMillis() * factor));
        if (at.isAfter(now)) {
            return at;
        }
        // A life of minutes: the two minutes a CA dates back are more than half of it.
        // A clock that is ahead leaves little of any life: it must not make the CA busy.
        Duration rest = Duration.between(now, certificate.notAfter()).dividedBy(2);
        Duration soonest = half.dividedBy(3);
        if (soonest.compareTo(SOONEST) > 0) {
            soonest = SOONEST;
        }
        return now.plus(rest.compareTo(soonest) > 0 ? rest : soonest);
    }
}
