package dev.ambit.identity.fuzz;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.x509.ChainVerifier;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A chain from a peer or a CA, PEM or one DER certificate after the other, its last one taken for
 * the root: an id, or a refusal. What is read is written and read again as the same.
 */
public final class ChainFuzz {

    private static final int SEQUENCE = 0x30;

    private ChainFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        List<X509Certificate> chain;
        try {
            chain =
                    input.length > 0 && input[0] == SEQUENCE
                            ? List.of(Pem.certificate(input))
                            : Pem.certificates(new String(input, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException refused) {
            return;
        }
        StringBuilder again = new StringBuilder();
        chain.forEach(certificate -> again.append(Pem.encode(certificate)));
        if (!Pem.certificates(again.toString()).equals(chain)) {
            throw new IllegalStateException("written and read it is another chain");
        }
        if (!chain.isEmpty()) {
            verify(new ArrayList<>(chain));
        }
    }

    private static void verify(List<X509Certificate> chain) {
        X509Certificate root = chain.size() == 1 ? chain.getFirst() : chain.removeLast();
        Instant now = chain.getFirst().getNotBefore().toInstant().plusSeconds(1);
        try {
            ChainVerifier verifier = new ChainVerifier(new TrustBundle(List.of(root)));
            SpiffeId id = verifier.verify(chain, now).id();
            if (!SpiffeId.parse(id.uri()).equals(id)) {
                throw new IllegalStateException("an id that is none: " + id);
            }
        } catch (IllegalArgumentException refused) {
            // With a reason; anything else is a bug.
        }
    }
}
