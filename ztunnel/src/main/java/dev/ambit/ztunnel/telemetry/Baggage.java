package dev.ambit.ztunnel.telemetry;

import dev.ambit.api.workload.Workload;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A workload's attributes as the header {@code baggage} carries them: a label of a connection,
 * never an identity. Empty values are absent.
 *
 * @param cluster {@code k8s.cluster.name}
 * @param namespace {@code k8s.namespace.name}
 * @param workload {@code k8s.<type>.name}
 * @param service {@code service.name}
 * @param version {@code service.version}
 * @param place where it runs
 */
public record Baggage(
        @Nullable String cluster,
        @Nullable String namespace,
        @Nullable String workload,
        @Nullable String service,
        @Nullable String version,
        Place place) {

    /** {@code cloud.region}, {@code cloud.availability_zone}. */
    public record Place(@Nullable String region, @Nullable String zone) {
        static final Place UNKNOWN = new Place(null, null);

        // By hand: C1 calls what a record brings by method handle, five times as slow, and this is
        // a key.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Place o
                    && Objects.equals(region, o.region)
                    && Objects.equals(zone, o.zone);
        }

        @Override
        public int hashCode() {
            return 31 * Objects.hashCode(region) + Objects.hashCode(zone);
        }
    }

    /** Names of Kubernetes are at most this long; nothing longer becomes a label or a log field. */
    static final int MAX_VALUE = 253;

    /** Nothing known. */
    public static final Baggage NONE = new Baggage(null, null, null, null, null, Place.UNKNOWN);

    /** The header's value for a workload of ours. */
    public static String of(Workload workload) {
        StringBuilder text = new StringBuilder(160);
        add(text, "k8s.cluster.name", workload.clusterId());
        add(text, "k8s.namespace.name", workload.namespace());
        String type = workload.workloadType().name().toLowerCase(Locale.ROOT);
        add(text, "k8s." + type + ".name", workload.workloadName());
        add(text, "service.name", workload.canonicalName());
        add(text, "service.version", workload.canonicalRevision());
        add(text, "cloud.region", workload.locality().region());
        add(text, "cloud.availability_zone", workload.locality().zone());
        return text.toString();
    }

    /** Reads what a peer says of itself; what is not understood is left out. */
    public static Baggage parse(@Nullable String header) {
        if (header == null || header.isEmpty()) {
            return NONE;
        }
        Fields fields = new Fields();
        int from = 0;
        while (from <= header.length()) {
            int comma = header.indexOf(',', from);
            int to = comma < 0 ? header.length() : comma;
            int equals = header.indexOf('=', from);
            if (equals >= from && equals < to) {
                fields.set(
                        header.substring(from, equals).strip(),
                        header.substring(equals + 1, to).strip());
            }
            from = to + 1;
        }
        return new Baggage(
                fields.cluster,
                fields.namespace,
                fields.workload,
                fields.service,
                fields.version,
                new Place(fields.region, fields.zone));
    }

    private static void add(StringBuilder text, String key, String value) {
        if (value.isEmpty()) {
            return;
        }
        if (!text.isEmpty()) {
            text.append(',');
        }
        text.append(key).append('=').append(value);
    }

    /** While a header is read. */
    private static final class Fields {
        private @Nullable String cluster;
        private @Nullable String namespace;
        private @Nullable String workload;
        private @Nullable String service;
        private @Nullable String version;
        private @Nullable String region;
        private @Nullable String zone;

        void set(String key, String text) {
            String value = text.isEmpty() || text.length() > MAX_VALUE ? null : text;
            switch (key) {
                case "k8s.cluster.name" -> cluster = value;
                case "k8s.namespace.name" -> namespace = value;
                case "k8s.deployment.name", "k8s.cronjob.name", "k8s.pod.name", "k8s.job.name" ->
                        workload = value;
                case "service.name" -> service = value;
                case "service.version" -> version = value;
                case "cloud.region" -> region = value;
                case "cloud.availability_zone" -> zone = value;
                default -> {
                    // Keys of others are none of ours.
                }
            }
        }
    }

    // By hand: C1 calls what a record brings by method handle, five times as slow, and this is a
    // key.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Baggage o
                && Objects.equals(workload, o.workload)
                && Objects.equals(namespace, o.namespace)
                && Objects.equals(cluster, o.cluster)
                && Objects.equals(service, o.service)
                && Objects.equals(version, o.version)
                && place.equals(o.place);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Objects.hashCode(workload) + Objects.hashCode(namespace))
                + Objects.hashCode(cluster);
    }
}
