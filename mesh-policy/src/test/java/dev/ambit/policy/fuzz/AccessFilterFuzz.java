package dev.ambit.policy.fuzz;

import dev.ambit.policy.telemetry.AccessFacts;
import dev.ambit.policy.telemetry.AccessFilter;
import java.nio.charset.StandardCharsets;

/** A filter of access-log lines: refused with a reason, or an answer for every connection. */
public final class AccessFilterFuzz {

    private static final AccessFacts.Party PARTY =
            new AccessFacts.Party("ns", "app", "td/ns/ns/sa/a");
    private static final AccessFacts FACTS =
            new AccessFacts(true, "-", PARTY, PARTY, "app.ns.svc.cluster.local", true, 5, 100);

    private AccessFilterFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        AccessFilter filter;
        try {
            filter = AccessFilter.parse(new String(input, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException refused) {
            return;
        }
        if (filter.accepts(FACTS) != AccessFilter.parse(filter.text()).accepts(FACTS)) {
            throw new IllegalStateException("read again it says something else: " + filter);
        }
    }
}
