package dev.ambit.identity.ca;

import dev.ambit.identity.Pem;
import dev.ambit.identity.TrustBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory with a key someone else made, as Istio's {@code cacerts}: {@code ca-cert.pem}, {@code
 * ca-key.pem}, {@code cert-chain.pem}, {@code root-cert.pem}; or the layout of a TLS secret: {@code
 * tls.crt}, {@code tls.key}, {@code ca.crt}.
 */
public final class PlugInDirectory {

    private final Path directory;
    private final Clock clock;

    public PlugInDirectory(Path directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** Whether there is a key in one of the layouts. */
    public boolean present() {
        return Files.exists(directory.resolve("ca-key.pem"))
                || Files.exists(directory.resolve("tls.key"));
    }

    /**
     * Reads and checks what is there.
     *
     * @throws CaProblem with what to do
     */
    public SigningKey read() {
        try {
            SigningKey key =
                    Files.exists(directory.resolve("ca-key.pem"))
                            ? read("ca-key.pem", "ca-cert.pem", "root-cert.pem")
                            : read("tls.key", "tls.crt", "ca.crt");
            key.check(clock.instant());
            return key;
        } catch (IOException e) {
            throw new CaProblem(
                    "AMB1105 CA directory %s: %s cannot be read (expected: ca-cert.pem, ca-key.pem, cert-chain.pem, root-cert.pem; or tls.crt, tls.key, ca.crt)"
                            .formatted(directory, e.getMessage()),
                    e);
        } catch (IllegalArgumentException e) {
            throw new CaProblem(
                    "AMB1106 CA directory %s: %s (make key, certificate, chain and root fit each other)"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    private SigningKey read(String keyFile, String certificateFile, String rootFile)
            throws IOException {
        PrivateKey key = PrivateKeys.parsePem(text(keyFile));
        TrustBundle bundle = TrustBundle.parsePem(text(rootFile));
        List<X509Certificate> chain = new ArrayList<>(Pem.certificates(text(certificateFile)));
        if (chain.isEmpty()) {
            throw new IllegalArgumentException(certificateFile + ": no certificate");
        }
        Path rest = directory.resolve("cert-chain.pem");
        if (Files.exists(rest)) {
            // Istio's file begins with the signer's own certificate and may end with the root.
            Pem.certificates(Files.readString(rest)).stream()
                    .filter(c -> !chain.contains(c) && !bundle.roots().contains(c))
                    .forEach(chain::add);
        }
        return new SigningKey(key, chain, bundle);
    }

    private String text(String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }
}
