package dev.ambit.ztunnel;

import java.nio.charset.StandardCharsets;

/** {@code PROXY_CONFIG}: a configuration with ports that are ports, or a refusal. */
public final class ProxyConfigFuzz {

    private ProxyConfigFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        ProxyConfigFile config;
        try {
            config = ProxyConfigFile.ofText(new String(input, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException refused) {
            return;
        }
        for (Integer number :
                new Integer[] {config.adminPort(), config.statsPort(), config.concurrency()}) {
            if (number != null && (number < 0 || number > 65_535)) {
                throw new IllegalStateException("taken: " + config);
            }
        }
        if (!config.merge(ProxyConfigFile.EMPTY).equals(config)) {
            throw new IllegalStateException("merged with nothing it is another: " + config);
        }
    }
}
