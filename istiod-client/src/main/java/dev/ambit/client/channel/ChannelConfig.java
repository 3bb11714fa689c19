package dev.ambit.client.channel;

import dev.ambit.runtime.config.EnvReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How one of istiod's services is reached.
 *
 * @param tls false only for {@code http://} addresses; tokens are then kept back
 * @param altHostname a second name istiod's certificate may carry
 */
public record ChannelConfig(
        String host,
        int port,
        boolean tls,
        RootSource root,
        Optional<String> altHostname,
        Identification identification) {

    private static final String DEFAULT_ROOT = "./var/run/secrets/istio/root-cert.pem";
    private static final String DEFAULT_TOKEN = "./var/run/secrets/tokens/istio-token";

    /**
     * What says who calls.
     *
     * @param headers sent with every call
     */
    public record Identification(TokenSource token, String clusterId, Map<String, String> headers) {
        public Identification {
            headers = Map.copyOf(headers);
        }
    }

    public ChannelConfig {
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException(
                    "istiod address: %s:%d (expected: host and port 1-65535)"
                            .formatted(host, port));
        }
    }

    /** Which of istiod's services; the prefix of its variables. */
    public enum Service {
        XDS,
        CA
    }

    /**
     * Reads {@code <service>_ADDRESS}, {@code _ROOT_CA}, {@code ALT_<service>_HOSTNAME}, {@code
     * <service>_HEADER_*}, {@code AUTH_TOKEN} and {@code CLUSTER_ID} (ambient.md 1.2).
     *
     * @param byDefault address when the variable is not set
     */
    public static ChannelConfig from(EnvReader env, Service service, String byDefault) {
        String prefix = service.name();
        String address = env.text(prefix + "_ADDRESS", byDefault);
        Map<String, String> headers = new TreeMap<>();
        env.withPrefix(prefix + "_HEADER_")
                .forEach((k, v) -> headers.put(k.toLowerCase(java.util.Locale.ROOT), v));
        String clusterId =
                env.text("ISTIO_META_CLUSTER_ID")
                        .or(() -> env.text("CLUSTER_ID"))
                        .orElse("Kubernetes");
        try {
            return to(
                    address,
                    RootSource.parse(env.text(prefix + "_ROOT_CA", DEFAULT_ROOT)),
                    env.text("ALT_" + prefix + "_HOSTNAME"),
                    new Identification(token(env), clusterId, headers));
        } catch (IllegalArgumentException e) {
            env.problem(prefix + "_ADDRESS", address, "[https://]host:port");
            return to(
                    "https://unusable.invalid:1",
                    new RootSource.SystemRoots(),
                    Optional.empty(),
                    new Identification(new TokenSource.None(), clusterId, headers));
        }
    }

    /** For an address with or without a scheme; without one it is TLS. */
    public static ChannelConfig to(
            String address,
            RootSource root,
            Optional<String> altHostname,
            Identification identification) {
        URI uri = URI.create(address.contains("://") ? address : "https://" + address);
        String host = uri.getHost();
        String scheme = uri.getScheme();
        if (host == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new IllegalArgumentException(
                    "istiod address: %s (expected: [https://]host:port)".formatted(address));
        }
        boolean tls = scheme.equals("https");
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        // URI keeps the brackets of an IPv6 address.
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new ChannelConfig(bare, port, tls, root, altHostname, identification);
    }

    /** The default of {@code XDS_ADDRESS} and {@code CA_ADDRESS}. */
    public static String defaultAddress(EnvReader env) {
        return env.text("KUBERNETES_SERVICE_HOST").isPresent()
                ? "https://istiod.istio-system.svc:15012"
                : "https://localhost:15012";
    }

    private static TokenSource token(EnvReader env) {
        Optional<String> given = env.text("AUTH_TOKEN");
        String value = given.orElse(DEFAULT_TOKEN);
        if (value.startsWith("/") || value.startsWith("./") || Files.exists(Path.of(value))) {
            boolean absent = given.isEmpty() && !Files.exists(Path.of(value));
            return absent ? new TokenSource.None() : new TokenSource.File(Path.of(value));
        }
        return new TokenSource.Literal(value);
    }
}
