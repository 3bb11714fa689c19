package dev.ambit.istiod.ca;

import dev.ambit.api.manifest.ShallowYaml;
import dev.ambit.runtime.log.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * Callers of directory mode: a YAML list of {@code {token, node}} and {@code {token, namespace,
 * serviceAccount}}. Read again when the file changes; a broken one is reported once and the last
 * good one stays. Thread-safe.
 */
public final class TokenFile implements CallerAuthenticator {

    private static final Log LOG = Log.get("ca");

    private final Path file;
    private @Nullable Stamp read;
    private Map<String, Caller> callers = Map.of();

    public TokenFile(Path file) {
        this.file = file;
    }

    /** When two are equal the content is taken to be. */
    private record Stamp(long modifiedNanos, long size, String key) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(
                    attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                    attributes.size(),
                    String.valueOf(attributes.fileKey()));
        }
    }

    /** Whose token it is. Looks at the file, which is small and local. */
    public synchronized Optional<Caller> caller(String token) {
        refresh();
        // By hash: how long a look-up takes tells nothing about a token.
        return Optional.ofNullable(callers.get(hash(token)));
    }

    @Override
    public CompletionStage<Authentication> authenticate(Credentials credentials) {
        Authentication found =
                credentials
                        .token()
                        .map(
                                token ->
                                        caller(token)
                                                .<Authentication>map(Authentication.Known::new)
                                                .orElseGet(
                                                        () ->
                                                                new Authentication.Unknown(
                                                                        "token is not in " + file)))
                        .orElseGet(() -> new Authentication.Unknown("no bearer token"));
        return CompletableFuture.completedFuture(found);
    }

    private void refresh() {
        Stamp now;
        try {
            now = Stamp.of(file);
        } catch (IOException e) {
            // Gone between two writes, or not written yet: what was read stays.
            return;
        }
        if (now.equals(read)) {
            return;
        }
        read = now;
        try {
            callers = parse(Files.readString(file));
            LOG.info("tokens read", "file", file.toString(), "callers", callers.size());
        } catch (IOException | IllegalArgumentException | YamlEngineException e) {
            LOG.error(
                    "tokens not read, the last good ones stay",
                    "code",
                    "AMB1110",
                    "file",
                    file.toString(),
                    "error",
                    e.getMessage(),
                    "do",
                    "make it a list of {token, node} or {token, namespace, serviceAccount}");
        }
    }

    static Map<String, Caller> parse(String yaml) {
        // Everything is text: a token of digits is no number.
        LoadSettings settings = LoadSettings.builder().setSchema(new FailsafeSchema()).build();
        Object root = ShallowYaml.load(yaml, settings);
        Map<String, Caller> callers = new HashMap<>();
        if (root == null) {
            return callers;
        }
        if (!(root instanceof List<?> list)) {
            throw new IllegalArgumentException("tokens: not a list");
        }
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof Map<?, ?> entry)) {
                throw new IllegalArgumentException(
                        "tokens: entry %d is not a map".formatted(i + 1));
            }
            callers.put(hash(text(entry, "token", i)), caller(entry, i));
        }
        return callers;
    }

    private static Caller caller(Map<?, ?> entry, int index) {
        boolean node = entry.containsKey("node");
        if (node == entry.containsKey("serviceAccount")) {
            throw new IllegalArgumentException(
                    "tokens: entry %d has %s (expected: node, or namespace and serviceAccount)"
                            .formatted(index + 1, entry.keySet()));
        }
        return node
                ? new Caller.Node(text(entry, "node", index))
                : new Caller.Account(
                        text(entry, "namespace", index), text(entry, "serviceAccount", index));
    }

    private static String text(Map<?, ?> entry, String field, int index) {
        String value = Objects.toString(entry.get(field), "");
        if (value.isBlank()) {
            throw new IllegalArgumentException(
                    "tokens: entry %d has no %s".formatted(index + 1, field));
        }
        return value;
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
