package dev.ambit.identity.fuzz;

import dev.ambit.identity.Pem;
import dev.ambit.identity.SpiffeId;
import dev.ambit.identity.testing.TestCertificates;
import dev.ambit.identity.x509.CertificateRejected;
import dev.ambit.identity.x509.ChainVerifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * B02, B10: a request to the CA, PEM or the DER of one. Refused with a reason, or signed for the
 * identity the caller has, whatever else it asks for.
 */
public final class SigningRequestFuzz {

    private static final TestCertificates CA = new TestCertificates();
    private static final SpiffeId ID = SpiffeId.of("cluster.local", "ns", "sa");
    private static final int SEQUENCE = 0x30;

    private SigningRequestFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String pem =
                input.length > 0 && input[0] == SEQUENCE
                        ? Pem.encode("CERTIFICATE REQUEST", input)
                        : new String(input, StandardCharsets.UTF_8);
        List<String> issued;
        try {
            issued = CA.authority().issue(pem, ID, Duration.ofHours(1));
        } catch (CertificateRejected refused) {
            return;
        }
        SpiffeId id =
                new ChainVerifier(CA.bundle())
                        .verify(Pem.certificates(issued.getFirst()), Instant.now())
                        .id();
        if (!id.equals(ID)) {
            throw new IllegalStateException("signed for " + id);
        }
    }
}
