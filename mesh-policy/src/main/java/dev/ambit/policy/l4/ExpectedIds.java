package dev.ambit.policy.l4;

import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which identities the far end of a tunnel may show. */
final class ExpectedIds {

    private ExpectedIds() {}

    /** The workload's own and those its service declares. */
    static List<SpiffeId> of(Workload workload, @Nullable MeshService service) {
        if (service == null || service.subjectAltNames().isEmpty()) {
            return List.of(workload.identity());
        }
        List<SpiffeId> expected = declared(service);
        if (!expected.contains(workload.identity())) {
            expected.add(workload.identity());
        }
        return expected;
    }

    /** Only those the service declares: what is known of a workload in another network is not. */
    static List<SpiffeId> declared(MeshService service) {
        List<SpiffeId> expected = new ArrayList<>();
        for (String name : service.subjectAltNames()) {
            SpiffeId id = spiffeId(name);
            if (id != null && !expected.contains(id)) {
                expected.add(id);
            }
        }
        return expected;
    }

    /** Other kinds of names cannot be shown by a peer of the mesh. */
    private static @Nullable SpiffeId spiffeId(String name) {
        try {
            return SpiffeId.parse(name);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
