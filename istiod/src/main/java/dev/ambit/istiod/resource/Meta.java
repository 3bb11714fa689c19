package dev.ambit.istiod.resource;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What every object has.
 *
 * @param created the older one wins where two objects say different things; {@link Instant#EPOCH}
 *     where nobody says (files), so that names decide
 * @param deleting it is on its way out
 */
public record Meta(
        ObjectName name,
        Map<String, String> labels,
        Map<String, String> annotations,
        Instant created,
        boolean deleting) {

    public Meta {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    public Optional<String> label(String key) {
        return Optional.ofNullable(labels.get(key));
    }

    public Optional<String> annotation(String key) {
        return Optional.ofNullable(annotations.get(key));
    }

    /** Older first, then by name: who wins where two objects say different things. */
    public int compareAge(Meta other) {
        int c = created.compareTo(other.created);
        return c != 0 ? c : name.compareTo(other.name);
    }
}
