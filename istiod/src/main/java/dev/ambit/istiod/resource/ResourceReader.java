package dev.ambit.istiod.resource;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns objects into records, or says what is wrong with them. Pure; knows every kind the mesh uses
 * and no source.
 */
public final class ResourceReader {
    static final String GATEWAY_API = "gateway.networking.k8s.io";
    static final String SECURITY = "security.istio.io";
    static final String TELEMETRY = "telemetry.istio.io";
    static final String NETWORKING = "networking.istio.io";

    /** Reads the fields of one kind; mistakes are noted in the fields. */
    @FunctionalInterface
    interface KindReader {
        MeshObject read(Meta meta, Fields object);
    }

    private record Kind(String group, String kind) {}

    private static final Map<Kind, KindReader> KINDS =
            Map.ofEntries(
                    Map.entry(new Kind("", "Namespace"), (m, f) -> new Namespace(m)),
                    Map.entry(new Kind("", "Node"), (m, f) -> new Node(m)),
                    Map.entry(new Kind("", "ServiceAccount"), (m, f) -> new ServiceAccount(m)),
                    Map.entry(new Kind("", "Pod"), PodReader::read),
                    Map.entry(new Kind("", "Service"), ServiceReader::read),
                    Map.entry(
                            new Kind("discovery.k8s.io", "EndpointSlice"),
                            EndpointSliceReader::read),
                    Map.entry(new Kind(GATEWAY_API, "Gateway"), GatewayReader::read),
                    Map.entry(new Kind(GATEWAY_API, "GatewayClass"), GatewayReader::readClass),
                    Map.entry(new Kind(GATEWAY_API, "HTTPRoute"), HttpRouteReader::read),
                    Map.entry(
                            new Kind(SECURITY, "AuthorizationPolicy"),
                            AuthorizationPolicyReader::read),
                    Map.entry(
                            new Kind(SECURITY, "PeerAuthentication"),
                            PeerAuthenticationReader::read),
                    Map.entry(new Kind(TELEMETRY, "Telemetry"), TelemetryReader::read),
                    Map.entry(new Kind(NETWORKING, "ServiceEntry"), ServiceEntryReader::read),
                    Map.entry(
                            new Kind(NETWORKING, "WorkloadEntry"), ServiceEntryReader::readEntry));

    /** Kinds the mesh would act on if it knew them: said rather than passed over in silence. */
    private static final Map<Kind, String> NOT_YET =
            Map.of(
                    new Kind(NETWORKING, "VirtualService"), "use HTTPRoute",
                    new Kind(NETWORKING, "DestinationRule"), "remove it until a later version",
                    new Kind(NETWORKING, "Sidecar"), "remove it: there are no sidecars here",
                    new Kind(NETWORKING, "EnvoyFilter"), "remove it: there is no Envoy here",
                    new Kind(GATEWAY_API, "GRPCRoute"), "use HTTPRoute until a later version",
                    new Kind(GATEWAY_API, "TCPRoute"), "remove it until a later version",
                    new Kind(GATEWAY_API, "TLSRoute"), "remove it until a later version",
                    new Kind(SECURITY, "RequestAuthentication"), "remove it until a later version");

    private ResourceReader() {}

    /** Everything a source should look for: kinds that are read, and kinds refused by name. */
    public static Set<String> kinds() {
        Set<String> kinds = new TreeSet<>();
        KINDS.keySet().forEach(kind -> kinds.add(kind.group() + "/" + kind.kind()));
        NOT_YET.keySet().forEach(kind -> kinds.add(kind.group() + "/" + kind.kind()));
        return kinds;
    }

    /** Whether objects of this kind are read at all. */
    public static boolean knows(String group, String kind) {
        return KINDS.containsKey(new Kind(group, kind));
    }

    public static Reading read(RawObject object) {
        Kind kind = new Kind(object.id().group(), object.id().kind());
        Fields.Notes notes = new Fields.Notes(object);
        KindReader reader = KINDS.get(kind);
        if (reader == null) {
            String instead = NOT_YET.get(kind);
            if (instead == null) {
                return new Reading.NotOurs();
            }
            notes.add(
                    ObjectProblem.UNSUPPORTED,
                    java.util.List.of("kind"),
                    kind.kind() + " (expected: a kind this version knows)",
                    instead);
            return new Reading.Refused(object.id(), notes.problems());
        }
        Fields fields = Fields.of(object, notes);
        MeshObject read = reader.read(meta(object, fields.object("metadata")), fields);
        return notes.problems().isEmpty()
                ? new Reading.Taken(read)
                : new Reading.Refused(object.id(), notes.problems());
    }

    private static Meta meta(RawObject object, Fields metadata) {
        return new Meta(
                object.id().name(),
                metadata.textMap("labels"),
                metadata.textMap("annotations"),
                instant(metadata, "creationTimestamp"),
                metadata.has("deletionTimestamp"));
    }

    private static Instant instant(Fields fields, String name) {
        String text = fields.text(name, "");
        if (text.isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            fields.invalid(name, "a time as 2026-01-31T12:00:00Z");
            return Instant.EPOCH;
        }
    }
}
