package dev.ambit.ztunnel.inpod;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.tls.LocalHandshake;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.shortcut.BothSides;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two pods whose connection has come from another process are asked about each other again, by the
 * certificates they have here: from then on it ends with those. On their loop.
 */
final class Acquaintance {

    /** While a certificate cannot be had, its owner is asked this often. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final PodLoop source;
    private final PodLoop destination;
    private final BothSides connection;

    Acquaintance(PodLoop source, PodLoop destination, BothSides connection) {
        this.source = source;
        this.destination = destination;
        this.connection = connection;
    }

    void begin() {
        if (connection.isOver()) {
            return;
        }
        Workload expected = destination.local().current();
        TlsContexts client = certificate(source);
        TlsContexts server = certificate(destination);
        if (expected == null || client == null || server == null) {
            source.loop().schedule(this::begin, AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            return;
        }
        switch (LocalHandshake.between(client, server, List.of(expected.identity()))) {
            case LocalHandshake.Met met -> connection.met(met);
            case LocalHandshake.Refused refused -> connection.refused(refused);
        }
    }

    private static @Nullable TlsContexts certificate(PodLoop pod) {
        Workload workload = pod.local().current();
        return workload != null
                        && pod.local().certificate(workload) instanceof CertificateState.Ready ready
                ? ready.contexts()
                : null;
    }
}
