package dev.ambit.identity.ca;

import dev.ambit.identity.Pem;
import dev.ambit.identity.TrustBundle;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.x509.SigningRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * A directory with the self-signed root: {@code ca-key.pem} (0600) and {@code ca-cert.pem}, made
 * there at first. Near its end the root gets a new certificate for the same key, so that leaves and
 * proxies of either certificate keep understanding each other (ambient.md 2.6).
 */
public final class RootStore {

    /** Life of a root. */
    static final Duration LIFE = Duration.ofDays(3650);

    /** The last fifth of its life. */
    private static final int ROTATE_WITHIN = 5;

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;
    private final TrustDomain trustDomain;
    private final Clock clock;

    public RootStore(Path directory, TrustDomain trustDomain, Clock clock) {
        this.directory = directory;
        this.trustDomain = trustDomain;
        this.clock = clock;
    }

    /**
     * The root of the store, made when there is none.
     *
     * @throws CaProblem with what to do
     */
    public SigningKey open() {
        try {
            Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
            boolean hasKey = Files.exists(keyFile());
            boolean hasCertificate = Files.exists(certificateFile());
            // A key alone is a start that was cut short before anything was signed.
            SigningKey key = hasCertificate ? load(hasKey) : create();
            return rotateIfDue(key);
        } catch (IOException e) {
            throw new CaProblem(
                    "AMB1101 CA store %s: cannot be read or written: %s (make it a directory this process owns)"
                            .formatted(directory, e),
                    e);
        }
    }

    /** A root that is nowhere but in memory: for tests and for one life of a process. */
    public static SigningKey inMemory(TrustDomain trustDomain, Clock clock) {
        KeyPair pair = SigningRequest.newKey();
        X509Certificate root =
                selfSigned(name(trustDomain), pair.getPrivate(), pair.getPublic(), clock);
        return new SigningKey(pair.getPrivate(), List.of(root), new TrustBundle(List.of(root)));
    }

    /** The same key with a new certificate when the old one is in the last fifth of its life. */
    public SigningKey rotateIfDue(SigningKey current) {
        X509Certificate root = current.certificate();
        Instant from = root.getNotBefore().toInstant();
        Instant until = root.getNotAfter().toInstant();
        Instant due = until.minus(Duration.between(from, until).dividedBy(ROTATE_WITHIN));
        if (clock.instant().isBefore(due)) {
            return current;
        }
        try {
            X509Certificate renewed =
                    selfSigned(
                            root.getSubjectX500Principal(),
                            current.key(),
                            root.getPublicKey(),
                            clock);
            writeAtomically(certificateFile(), Pem.encode(renewed));
            return new SigningKey(
                    current.key(), List.of(renewed), new TrustBundle(List.of(renewed)));
        } catch (IOException e) {
            throw new CaProblem(
                    "AMB1102 CA store %s: the renewed root cannot be written: %s (the old one is used until %s)"
                            .formatted(directory, e, until),
                    e);
        }
    }

    private SigningKey load(boolean hasKey) throws IOException {
        if (!hasKey) {
            throw new CaProblem(
                    "AMB1103 CA store %s: ca-cert.pem without ca-key.pem (restore the key, or remove the certificate to begin with a new root)"
                            .formatted(directory));
        }
        if (!Files.getPosixFilePermissions(keyFile()).equals(OWNER_ONLY)) {
            Files.setPosixFilePermissions(keyFile(), OWNER_ONLY);
        }
        try {
            PrivateKey key = PrivateKeys.parsePem(Files.readString(keyFile()));
            TrustBundle bundle = TrustBundle.parsePem(Files.readString(certificateFile()));
            SigningKey loaded = new SigningKey(key, List.of(bundle.roots().getFirst()), bundle);
            loaded.check(clock.instant());
            return loaded;
        } catch (IllegalArgumentException e) {
            throw new CaProblem(
                    "AMB1104 CA store %s: %s (restore ca-cert.pem and ca-key.pem, or remove both to begin with a new root)"
                            .formatted(directory, e.getMessage()),
                    e);
        }
    }

    private SigningKey create() throws IOException {
        SigningKey made = inMemory(trustDomain, clock);
        writeAtomically(keyFile(), Pem.encode("PRIVATE KEY", made.key().getEncoded()));
        writeAtomically(certificateFile(), Pem.encode(made.certificate()));
        return made;
    }

    private static X500Principal name(TrustDomain trustDomain) {
        return new X500Principal("O=" + trustDomain.name());
    }

    private static X509Certificate selfSigned(
            X500Principal name, PrivateKey key, PublicKey publicKey, Clock clock) {
        Instant from = clock.instant().minus(CertificateAuthority.BACKDATE);
        return Certificates.root(
                name, key, publicKey, new Certificates.Validity(from, from.plus(LIFE)));
    }

    private void writeAtomically(Path file, String text) throws IOException {
        Path written = Files.createTempFile(directory, ".new-", ".pem", OWNER_ONLY_FILE);
        Files.writeString(written, text, StandardOpenOption.SYNC);
        Files.move(
                written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path keyFile() {
        return directory.resolve("ca-key.pem");
    }

    private Path certificateFile() {
        return directory.resolve("ca-cert.pem");
    }
}
