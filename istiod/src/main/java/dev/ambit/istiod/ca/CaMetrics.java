package dev.ambit.istiod.ca;

import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.identity.ca.SigningKey;
import dev.ambit.runtime.metrics.CounterVec;
import dev.ambit.runtime.metrics.GaugeVec;
import dev.ambit.runtime.metrics.LabelSet;
import dev.ambit.runtime.metrics.MetricsRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.function.Function;

/** The names of ambient.md 2.9 that begin with citadel_server, and our own limit. */
public final class CaMetrics {

    final CounterVec requests =
            CounterVec.bare("citadel_server_csr_count", "Certificate requests received.");
    final CounterVec issued =
            CounterVec.bare("citadel_server_success_cert_issuance_count", "Certificates issued.");
    final CounterVec unauthenticated =
            CounterVec.bare(
                    "citadel_server_authentication_failure_count",
                    "Requests whose caller is not known or may not have the identity.");
    final CounterVec unreadable =
            CounterVec.bare(
                    "citadel_server_csr_parsing_err_count", "Requests that cannot be read.");
    final CounterVec unsigned =
            CounterVec.bare("citadel_server_csr_sign_err_count", "Requests that were not signed.");
    final CounterVec unnamed =
            CounterVec.bare(
                    "citadel_server_id_extraction_err_count",
                    "Requests whose identity cannot be read.");
    final CounterVec limited =
            CounterVec.total(
                    "ambit_ca_rate_limited", "Requests over the rate one caller may have.");

    /** Makes the families and registers them. */
    public static CaMetrics register(
            MetricsRegistry registry, CertificateAuthority authority, Clock clock) {
        CaMetrics metrics = new CaMetrics();
        registry.register(metrics.requests);
        registry.register(metrics.issued);
        registry.register(metrics.unauthenticated);
        registry.register(metrics.unreadable);
        registry.register(metrics.unsigned);
        registry.register(metrics.unnamed);
        registry.register(metrics.limited);
        expiry(registry, "root_cert", authority, CaMetrics::rootEnd, clock);
        expiry(registry, "cert_chain", authority, SigningKey::notAfter, clock);
        return metrics;
    }

    private static void expiry(
            MetricsRegistry registry,
            String what,
            CertificateAuthority authority,
            Function<SigningKey, Instant> end,
            Clock clock) {
        String prefix = "citadel_server_" + what + "_expiry_";
        registry.register(
                GaugeVec.named(prefix + "timestamp", "When it ends, in Unix seconds.")
                        .read(
                                LabelSet.NONE,
                                () ->
                                        end.apply(authority.signingKey().current())
                                                .getEpochSecond()));
        registry.register(
                GaugeVec.named(prefix + "seconds", "Seconds until it ends.")
                        .read(
                                LabelSet.NONE,
                                () ->
                                        end.apply(authority.signingKey().current()).getEpochSecond()
                                                - clock.instant().getEpochSecond()));
    }

    /** The first root to end. */
    private static Instant rootEnd(SigningKey key) {
        return key.bundle().roots().stream()
                .map(root -> root.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }
}
