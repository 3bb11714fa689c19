package dev.ambit.demo.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;

/**
 * The environment of one pod of the sample application.
 *
 * @param pod POD_NAME
 * @param version VERSION: shown in answers; reviews v2 and v3 ask for ratings
 * @param port PORT, 9080
 * @param controlPort CONTROL_PORT, 9081 on loopback: counters and, at the client, its controls
 * @param failPercent FAIL_PERCENT: share of requests answered with 503
 * @param hang HANG: accept requests and never answer
 * @param rate RATE: requests per second of the client
 * @param environment all of it, for the addresses of services
 */
record Settings(
        String pod,
        String version,
        int port,
        int controlPort,
        int failPercent,
        boolean hang,
        int rate,
        Map<String, String> environment) {

    Settings {
        environment = Map.copyOf(environment);
    }

    static Settings of(Map<String, String> env) {
        return new Settings(
                env.getOrDefault("POD_NAME", "local"),
                env.getOrDefault("VERSION", "v1"),
                number(env, "PORT", 9080, 65535),
                number(env, "CONTROL_PORT", 9081, 65535),
                number(env, "FAIL_PERCENT", 0, 100),
                Boolean.parseBoolean(env.getOrDefault("HANG", "false")),
                number(env, "RATE", 20, 10_000),
                env);
    }

    /** Where a service is, by the variables a cluster gives each pod (REVIEWS_SERVICE_HOST). */
    String host(String service) {
        return environment.getOrDefault(variable(service) + "_SERVICE_HOST", service);
    }

    int port(String service) {
        return number(environment, variable(service) + "_SERVICE_PORT", 9080, 65535);
    }

    InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    private static String variable(String service) {
        return service.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static int number(Map<String, String> env, String key, int otherwise, int most) {
        String text = env.get(key);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below with what was expected.
        }
        throw new IllegalArgumentException(key + ": " + text + " (expected: 0-" + most + ")");
    }
}
