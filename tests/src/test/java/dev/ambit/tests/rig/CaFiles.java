package dev.ambit.tests.rig;

import dev.ambit.identity.Pem;
import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.ca.RootStore;
import dev.ambit.identity.ca.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;

/** The directory of a plugged-in CA, whose root is changed as an operator changes it. */
public final class CaFiles {

    private final Path directory;
    private SigningKey current;

    public CaFiles() {
        try {
            directory = Files.createTempDirectory("ambit-rig-ca-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        current = fresh();
        signWith(current);
        trust(current);
    }

    public Path directory() {
        return directory;
    }

    public static SigningKey fresh() {
        return RootStore.inMemory(new TrustDomain("cluster.local"), Clock.systemUTC());
    }

    /** Hands out these roots beside the signer's. */
    public void trust(SigningKey... roots) {
        StringBuilder pem = new StringBuilder();
        for (SigningKey root : roots) {
            pem.append(Pem.encode(root.certificate()));
        }
        write("root-cert.pem", pem.toString());
    }

    public SigningKey current() {
        return current;
    }

    public void signWith(SigningKey key) {
        current = key;
        write("ca-key.pem", Pem.encode("PRIVATE KEY", key.key().getEncoded()));
        write("ca-cert.pem", Pem.encode(key.certificate()));
        write("cert-chain.pem", Pem.encode(key.certificate()));
    }

    private void write(String name, String text) {
        try {
            Path temporary = directory.resolve("." + name);
            Files.writeString(temporary, text);
            Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void remove() {
        try (var files = Files.list(directory)) {
            for (Path f : files.toList()) {
                Files.delete(f);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
