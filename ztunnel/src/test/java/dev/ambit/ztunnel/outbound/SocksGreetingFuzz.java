package dev.ambit.ztunnel.outbound;

import dev.ambit.ztunnel.outbound.SocksGreeting.Step;
import java.util.Arrays;

/**
 * What a SOCKS5 client says. A prefix of it asks for more or already says the same, a step is never
 * longer than what was read nor than the limit, and it goes to an address or a name, not both.
 */
public final class SocksGreetingFuzz {

    private SocksGreetingFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        check(input, SocksGreeting.methods(input));
        check(input, SocksGreeting.request(input));
        for (int end = 0; end < Math.min(input.length, 2 * SocksGreeting.MAX_BYTES); end++) {
            byte[] prefix = Arrays.copyOf(input, end);
            Step step = SocksGreeting.request(prefix);
            check(prefix, step);
            if (!(step instanceof Step.More) && !step.equals(SocksGreeting.request(input))) {
                throw new IllegalStateException("said after " + end + " bytes: " + step);
            }
        }
    }

    private static void check(byte[] read, Step step) {
        boolean holds =
                switch (step) {
                    case Step.More more -> read.length < SocksGreeting.MAX_BYTES;
                    case Step.Bad bad -> true;
                    case Step.Methods methods -> methods.length() <= read.length;
                    case Step.Connect connect ->
                            connect.length() <= read.length
                                    && connect.length() <= SocksGreeting.MAX_BYTES
                                    && (connect.address() == null) == (connect.hostname() != null);
                };
        if (!holds) {
            throw new IllegalStateException(read.length + " bytes read: " + step);
        }
    }
}
