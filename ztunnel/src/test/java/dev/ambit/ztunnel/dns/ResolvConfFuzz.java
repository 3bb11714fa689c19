package dev.ambit.ztunnel.dns;

import java.nio.charset.StandardCharsets;

/** A pod's own resolv.conf, which the pod may write: few servers, few domains, none too long. */
public final class ResolvConfFuzz {

    private ResolvConfFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        ResolvConf conf = ResolvConf.parse(new String(input, StandardCharsets.UTF_8));
        if (conf.nameservers().size() > 8 || conf.search().size() > 32) {
            throw new IllegalStateException("too much taken: " + conf);
        }
        for (String domain : conf.search()) {
            if (domain.isEmpty() || domain.length() > 253 || domain.startsWith(".")) {
                throw new IllegalStateException("domain " + domain);
            }
        }
    }
}
