package dev.ambit.demo.cluster;

import dev.ambit.demo.manifest.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The bearer tokens by which istiod knows its callers; what service account tokens are in a real
 * cluster. Each holder finds its own in a file only root reads. Used by one thread.
 */
final class Tokens {

    private static final int BYTES = 24;

    private final RuntimeDirectory directory;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Map<String, String>> entries = new LinkedHashMap<>();

    Tokens(RuntimeDirectory directory) {
        this.directory = directory;
    }

    /** Stands for the ztunnel of a node: may ask for the identities of pods there. */
    Path ofNode(String node) {
        return give("node-" + node, Map.of("node", node));
    }

    Path ofAccount(String namespace, String serviceAccount) {
        return give(
                "account-" + namespace + "-" + serviceAccount,
                Map.of("namespace", namespace, "serviceAccount", serviceAccount));
    }

    private Path give(String holder, Map<String, String> whom) {
        Path file = directory.token(holder);
        if (entries.containsKey(holder)) {
            return file;
        }
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        Map<String, String> entry = new LinkedHashMap<>();
        entry.put("token", HexFormat.of().formatHex(secret));
        entry.putAll(whom);
        entries.put(holder, entry);
        try {
            Files.createDirectories(directory.run().resolve("tokens"));
            secret(file, entry.getOrDefault("token", ""));
            secret(directory.tokens(), list());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String list() {
        StringBuilder text = new StringBuilder();
        for (Map<String, String> entry : entries.values()) {
            String lead = "- ";
            for (Map.Entry<String, String> e : entry.entrySet()) {
                text.append(lead).append(e.getKey()).append(": ").append(e.getValue()).append('\n');
                lead = "  ";
            }
        }
        return text.toString();
    }

    private static void secret(Path file, String content) throws IOException {
        Path unfinished = file.resolveSibling("." + file.getFileName());
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Yaml.write(file, content);
    }
}
