package dev.ambit.api.fuzz;

import dev.ambit.api.Cidr;
import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Addresses, blocks and node ids as text: refused, or written and read again the same. */
public final class LiteralFuzz {

    private LiteralFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        same(text, IpAddress::parse);
        same(text, Cidr::parse);
        same(text, IpPort::parse);
        same(text, NodeId::parse);
    }

    private static <T> void same(String text, Function<String, T> parse) {
        T value;
        try {
            value = parse.apply(text);
        } catch (IllegalArgumentException refused) {
            return;
        }
        T again = parse.apply(value.toString());
        if (!again.equals(value)) {
            throw new IllegalStateException("%s became %s".formatted(value, again));
        }
    }
}
