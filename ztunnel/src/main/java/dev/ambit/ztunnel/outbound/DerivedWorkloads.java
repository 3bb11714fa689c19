package dev.ambit.ztunnel.outbound;

import dev.ambit.api.workload.Locality;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.ztunnel.telemetry.Baggage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Workloads of other networks as they describe themselves: for labels only. The same description
 * gives the same record, so that its series are found again. Confined to a loop.
 */
final class DerivedWorkloads {

    private static final int MOST = 512;

    private final Map<Key, Workload> known = new LinkedHashMap<>();

    private record Key(SpiffeId identity, String baggage) {}

    Workload of(SpiffeId identity, String baggage) {
        if (known.size() >= MOST) {
            known.clear();
        }
        return known.computeIfAbsent(new Key(identity, baggage), DerivedWorkloads::described);
    }

    private static Workload described(Key key) {
        Baggage said = Baggage.parse(key.baggage());
        String name = text(said.workload());
        return Workload.builder(
                        "derived/" + key.identity().uri() + "/" + name, name, key.identity())
                .workloadName(name)
                .canonicalName(text(said.service()))
                .canonicalRevision(text(said.version()))
                .clusterId(text(said.cluster()))
                .locality(new Locality(text(said.place().region()), text(said.place().zone()), ""))
                .build();
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
