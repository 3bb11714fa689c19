package dev.ambit.ztunnel;

import dev.ambit.api.manifest.ShallowYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The parts of Istio's ProxyConfig that a node proxy reads, from the mesh config file and from
 * {@code PROXY_CONFIG}. Fields meant for other proxies are ignored.
 *
 * @param metadata {@code proxyMetadata} with the prefix {@code ISTIO_META_} taken off
 */
record ProxyConfigFile(
        @Nullable String discoveryAddress,
        @Nullable Integer adminPort,
        @Nullable Integer statsPort,
        @Nullable Integer concurrency,
        Map<String, String> metadata) {

    /** The mesh config file, relative to the working directory. */
    static final Path MESH_CONFIG = Path.of("./etc/istio/config/mesh");

    /** Prefix of environment variables that become node metadata. */
    static final String META_PREFIX = "ISTIO_META_";

    static final ProxyConfigFile EMPTY = new ProxyConfigFile(null, null, null, null, Map.of());

    /** Reads {@code defaultConfig} of the mesh config; an absent file is an empty one. */
    static ProxyConfigFile ofMeshConfig(Path file) {
        try {
            Object root = yaml(Files.readString(file));
            return root instanceof Map<?, ?> map ? of(map.get("defaultConfig")) : EMPTY;
        } catch (NoSuchFileException absent) {
            return EMPTY;
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(file + ": " + unreadable.getMessage(), unreadable);
        } catch (YamlEngineException broken) {
            throw new IllegalArgumentException(file + ": " + broken.getMessage(), broken);
        }
    }

    /** Reads the YAML of {@code PROXY_CONFIG}; empty text is an empty configuration. */
    static ProxyConfigFile ofText(String text) {
        if (text.isBlank()) {
            return EMPTY;
        }
        try {
            return of(yaml(text));
        } catch (YamlEngineException broken) {
            throw new IllegalArgumentException("PROXY_CONFIG: " + broken.getMessage(), broken);
        }
    }

    /** This configuration with every field the other one sets. */
    ProxyConfigFile merge(ProxyConfigFile other) {
        Map<String, String> merged = new TreeMap<>(metadata);
        merged.putAll(other.metadata);
        return new ProxyConfigFile(
                other.discoveryAddress == null ? discoveryAddress : other.discoveryAddress,
                other.adminPort == null ? adminPort : other.adminPort,
                other.statsPort == null ? statsPort : other.statsPort,
                other.concurrency == null ? concurrency : other.concurrency,
                merged);
    }

    /** This configuration with the variables {@code ISTIO_META_*} merged into the metadata. */
    ProxyConfigFile withVariables(Map<String, String> unprefixed) {
        return merge(new ProxyConfigFile(null, null, null, null, unprefixed));
    }

    private static @Nullable Object yaml(String text) {
        return ShallowYaml.load(text, LoadSettings.builder().build());
    }

    private static ProxyConfigFile of(@Nullable Object node) {
        if (!(node instanceof Map<?, ?> map)) {
            return EMPTY;
        }
        Map<String, String> metadata = new TreeMap<>();
        if (map.get("proxyMetadata") instanceof Map<?, ?> values) {
            values.forEach(
                    (k, v) -> metadata.put(unprefixed(String.valueOf(k)), String.valueOf(v)));
        }
        Object address = map.get("discoveryAddress");
        return new ProxyConfigFile(
                address == null ? null : address.toString(),
                number(map, "proxyAdminPort", 65535),
                number(map, "statsPort", 65535),
                number(map, "concurrency", 65535),
                metadata);
    }

    private static String unprefixed(String key) {
        return key.startsWith(META_PREFIX) ? key.substring(META_PREFIX.length()) : key;
    }

    private static @Nullable Integer number(Map<?, ?> map, String key, int max) {
        Object value = map.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Integer number && number >= 0 && number <= max) {
            return number;
        }
        throw new IllegalArgumentException(key + ": " + value + " (expected: 0-" + max + ")");
    }
}
