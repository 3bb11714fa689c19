package dev.ambit.ztunnel.telemetry;

import dev.ambit.policy.telemetry.AccessFilter;
import dev.ambit.policy.telemetry.AccessRule;
import dev.ambit.runtime.config.EnvReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is told of connections, and to whom.
 *
 * @param rule {@code AMBIT_ACCESS_LOG_FILTER} and {@code AMBIT_ACCESS_LOG_SAMPLING}: which lines
 *     are written where the control plane says nothing
 * @param export who else is told; null is nobody
 * @param sampling {@code OTEL_TRACES_SAMPLER}, {@code OTEL_TRACES_SAMPLER_ARG}
 */
public record TelemetryConfig(AccessRule rule, @Nullable Export export, Reports.Sampling sampling) {

    /**
     * OpenTelemetry's own variables.
     *
     * @param traces where connection spans go; null if they do not
     * @param logs where access-log lines go; null if they do not
     * @param grpc {@code OTEL_EXPORTER_OTLP_PROTOCOL}: grpc, else http/protobuf
     * @param headers {@code OTEL_EXPORTER_OTLP_HEADERS}; values are secrets
     * @param timeout {@code OTEL_EXPORTER_OTLP_TIMEOUT} of one call
     * @param certificate {@code OTEL_EXPORTER_OTLP_CERTIFICATE}: file with the server's roots
     * @param service {@code OTEL_SERVICE_NAME}
     * @param attributes {@code OTEL_RESOURCE_ATTRIBUTES}
     * @param queue {@code AMBIT_OTLP_QUEUE}: ends that may wait
     */
    public record Export(
            @Nullable String traces,
            @Nullable String logs,
            boolean grpc,
            Map<String, String> headers,
            Duration timeout,
            @Nullable String certificate,
            String service,
            Map<String, String> attributes,
            int queue) {}

    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /** Reads the variables; mistakes are noted with the reader. */
    public static TelemetryConfig read(EnvReader env) {
        return new TelemetryConfig(rule(env), export(env), sampling(env));
    }

    private static AccessRule rule(EnvReader env) {
        String filter = env.text("AMBIT_ACCESS_LOG_FILTER", "");
        AccessFilter parsed = null;
        try {
            parsed = filter.isBlank() ? null : AccessFilter.parse(filter);
        } catch (IllegalArgumentException wrong) {
            env.problem("AMBIT_ACCESS_LOG_FILTER", filter, String.valueOf(wrong.getMessage()));
        }
        return new AccessRule(true, true, parsed, ratio(env, "AMBIT_ACCESS_LOG_SAMPLING", 1));
    }

    private static double ratio(EnvReader env, String key, double otherwise) {
        String text = env.text(key, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            double ratio = Double.parseDouble(text);
            if (ratio >= 0 && ratio <= 1) {
                return ratio;
            }
        } catch (NumberFormatException notANumber) {
            // told below
        }
        env.problem(key, text, "a number from 0 to 1");
        return otherwise;
    }

    private static Reports.Sampling sampling(EnvReader env) {
        double ratio = ratio(env, "OTEL_TRACES_SAMPLER_ARG", 1);
        Map<String, Reports.Sampling> samplers =
                Map.of(
                        "always_on", new Reports.Sampling(1, false),
                        "always_off", new Reports.Sampling(0, false),
                        "traceidratio", new Reports.Sampling(ratio, false),
                        "parentbased_always_on", new Reports.Sampling(1, true),
                        "parentbased_always_off", new Reports.Sampling(0, true),
                        "parentbased_traceidratio", new Reports.Sampling(ratio, true));
        return env.choice("OTEL_TRACES_SAMPLER", new Reports.Sampling(1, true), samplers);
    }

    private static @Nullable Export export(EnvReader env) {
        boolean grpc =
                env.choice(
                        "OTEL_EXPORTER_OTLP_PROTOCOL",
                        true,
                        Map.of("grpc", true, "http/protobuf", false));
        String traces = endpoint(env, "TRACES", grpc);
        String logs = endpoint(env, "LOGS", grpc);
        if (traces == null && logs == null) {
            return null;
        }
        return new Export(
                traces,
                logs,
                grpc,
                pairs(env, "OTEL_EXPORTER_OTLP_HEADERS"),
                Duration.ofMillis(env.integer("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, 1, 600_000)),
                env.text("OTEL_EXPORTER_OTLP_CERTIFICATE").orElse(null),
                env.text("OTEL_SERVICE_NAME", "ztunnel"),
                pairs(env, "OTEL_RESOURCE_ATTRIBUTES"),
                env.integer("AMBIT_OTLP_QUEUE", 4096, 1, 1_000_000));
    }

    private static @Nullable String endpoint(EnvReader env, String signal, boolean grpc) {
        if (!env.choice(
                "OTEL_" + signal + "_EXPORTER", true, Map.of("otlp", true, "none", false))) {
            return null;
        }
        String key = "OTEL_EXPORTER_OTLP_" + signal + "_ENDPOINT";
        String own = env.text(key, "");
        String common = env.text(ENDPOINT, "");
        if (own.isEmpty() && common.isEmpty()) {
            return null;
        }
        String endpoint = own.isEmpty() ? common : own;
        try {
            if (new URI(endpoint).getHost() == null) {
                env.problem(own.isEmpty() ? ENDPOINT : key, endpoint, "http://host:port");
            }
        } catch (URISyntaxException bad) {
            env.problem(own.isEmpty() ? ENDPOINT : key, endpoint, "http://host:port");
        }
        String path = "/v1/" + signal.toLowerCase(java.util.Locale.ROOT);
        return own.isEmpty() && !grpc ? endpoint.replaceAll("/+$", "") + path : endpoint;
    }

    private static Map<String, String> pairs(EnvReader env, String key) {
        Map<String, String> pairs = new LinkedHashMap<>();
        String text = env.text(key, "");
        for (String pair : text.isBlank() ? new String[0] : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                env.problem(key, "<masked>", "key=value,key=value");
                return Map.of();
            }
            pairs.put(
                    pair.substring(0, equals).strip(),
                    URLDecoder.decode(pair.substring(equals + 1).strip(), StandardCharsets.UTF_8));
        }
        return pairs;
    }
}
