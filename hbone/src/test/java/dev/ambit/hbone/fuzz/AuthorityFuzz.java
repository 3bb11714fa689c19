package dev.ambit.hbone.fuzz;

import dev.ambit.hbone.ConnectTarget;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * E06: an authority is an address or a name with a port, or nothing; and it is the same however
 * often it is written and read.
 */
public final class AuthorityFuzz {

    private AuthorityFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String authority = new String(input, StandardCharsets.UTF_8);
        ConnectTarget target = ConnectTarget.parse(authority);
        if (target == null) {
            return;
        }
        if (target.port() < 1 || target.port() > 65_535) {
            throw new IllegalStateException("port of " + target);
        }
        @Nullable ConnectTarget again = ConnectTarget.parse(written(target));
        if (!target.equals(again)) {
            throw new IllegalStateException("%s became %s".formatted(target, again));
        }
    }

    private static String written(ConnectTarget target) {
        return switch (target) {
            case ConnectTarget.Host host -> name(host);
            case ConnectTarget.Address address -> {
                if (address.address().isUnresolved()) {
                    throw new IllegalStateException("unresolved: " + address);
                }
                String text = address.address().getAddress().getHostAddress();
                yield (text.indexOf(':') < 0 ? text : "[" + text + "]") + ":" + address.port();
            }
        };
    }

    private static String name(ConnectTarget.Host host) {
        if (!host.host().matches("[a-z0-9._-]{1,253}") || host.host().matches("[0-9.]+")) {
            throw new IllegalStateException("no name: " + host);
        }
        return host.host() + ":" + host.port();
    }
}
