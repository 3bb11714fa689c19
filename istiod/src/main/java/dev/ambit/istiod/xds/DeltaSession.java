package dev.ambit.istiod.xds;

import dev.ambit.api.proto.discovery.ControlPlane;
import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.Status;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One stream's state machine: wanted, sent, nonce, acknowledged. One response of a type is under
 * way at a time; the next goes out when the proxy has answered, so a slow proxy costs the names of
 * what changed and nothing else. Confined to the mesh loop.
 */
final class DeltaSession {

    /** Where responses go. */
    interface Stream {
        void send(DeltaDiscoveryResponse response);

        void close(Status status);
    }

    /** What is fixed for a stream before its first request. */
    record Opening(
            long id, StreamAuthenticator.Caller caller, String peer, Stream stream, Clock clock) {}

    /** A type this stream watches, and how far the proxy is with it. */
    private static final class Progress {
        private final Watch watch;
        private String sent = "";
        private String acked = "";
        private Instant sentAt = Instant.EPOCH;
        private Instant ackedAt = Instant.EPOCH;
        private String lastError = "";
        private boolean underWay;

        Progress(Watch watch) {
            this.watch = watch;
        }
    }

    private final Opening opening;
    private final Instant connectedAt;
    private final ResourceCatalog catalog;
    private final XdsLimits limits;
    private final XdsEvents events;
    private final Map<String, Progress> types = new LinkedHashMap<>();
    private @Nullable ProxyNode node;
    private long nonces;
    private boolean closed;

    DeltaSession(Opening opening, ResourceCatalog catalog, XdsLimits limits, XdsEvents events) {
        this.opening = opening;
        this.catalog = catalog;
        this.limits = limits;
        this.events = events;
        this.connectedAt = opening.clock().instant();
    }

    void request(DeltaDiscoveryRequest request) {
        if (closed) {
            return;
        }
        try {
            if (node == null) {
                identify(request);
            }
            if (node != null) {
                handle(request, node);
            }
        } catch (IllegalArgumentException e) {
            close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
        }
    }

    private void identify(DeltaDiscoveryRequest request) {
        ProxyNode said = ProxyNode.of(request.getNode());
        Optional<String> objection = opening.caller().objection(said);
        if (objection.isPresent()) {
            events.refused(opening.peer(), objection.get());
            close(Status.PERMISSION_DENIED.withDescription("not the proxy the token is for"));
            return;
        }
        node = said;
        events.connected(said);
    }

    private void handle(DeltaDiscoveryRequest request, ProxyNode from) {
        Progress progress = types.get(request.getTypeUrl());
        if (progress == null) {
            progress = new Progress(watch(request.getTypeUrl(), from));
            types.put(request.getTypeUrl(), progress);
            progress.watch.open(request);
        } else {
            answered(request, progress);
            progress.watch.update(request);
        }
        push(progress);
    }

    private Watch watch(String typeUrl, ProxyNode from) {
        if (typeUrl.isEmpty() || typeUrl.length() > limits.nameLength()) {
            throw new IllegalArgumentException(
                    "type_url: \"" + typeUrl + "\" (expected: a resource type)");
        }
        catalog.asked(typeUrl);
        ResourceScope everybody = ResourceScope.everybody(typeUrl);
        ResourceScope scope =
                WAYPOINT_TYPES.contains(typeUrl)
                        // Without a gateway of its own a proxy gets an empty set, never another's.
                        ? new ResourceScope(typeUrl, from.audience().orElse("/"))
                        : everybody;
        return new Watch(catalog, scope, from.nodeName(), limits);
    }

    /** Says that types of Ambit's own may be asked for. */
    private static final ControlPlane WHO =
            ControlPlane.newBuilder().setIdentifier(dev.ambit.api.TypeUrls.AMBIT).build();

    private static final Set<String> WAYPOINT_TYPES =
            Set.of(
                    dev.ambit.api.TypeUrls.WAYPOINT_LISTENER,
                    dev.ambit.api.TypeUrls.WAYPOINT_SERVICE,
                    dev.ambit.api.TypeUrls.WAYPOINT_ROUTE,
                    dev.ambit.api.TypeUrls.WAYPOINT_POLICY);

    /** Takes ACK and NACK; an answer to an older response says nothing. */
    private void answered(DeltaDiscoveryRequest request, Progress progress) {
        String nonce = request.getResponseNonce();
        if (nonce.isEmpty() || !nonce.equals(progress.sent)) {
            return;
        }
        progress.underWay = false;
        if (request.hasErrorDetail()) {
            progress.lastError = request.getErrorDetail().getMessage();
            events.nacked(nodeName(), request.getTypeUrl(), progress.lastError);
        } else {
            progress.acked = nonce;
            progress.ackedAt = opening.clock().instant();
            progress.lastError = "";
            events.acked(request.getTypeUrl());
        }
    }

    /** Something changed in the catalog. */
    void changed(ResourceScope scope, Set<String> names) {
        Progress progress = types.get(scope.typeUrl());
        if (progress != null && progress.watch.scope().equals(scope) && !closed) {
            progress.watch.changed(names);
            push(progress);
        }
    }

    private void push(Progress progress) {
        if (progress.underWay || closed || !progress.watch.hasWork()) {
            return;
        }
        DeltaDiscoveryResponse response = progress.watch.next();
        if (response == null) {
            return;
        }
        progress.sent = Long.toString(++nonces, 36) + "-" + Long.toString(opening.id(), 36);
        progress.sentAt = opening.clock().instant();
        progress.underWay = true;
        DeltaDiscoveryResponse complete =
                response.toBuilder()
                        .setNonce(progress.sent)
                        .setControlPlane(WHO)
                        .setSystemVersionInfo(Long.toString(catalog.revision()))
                        .build();
        events.pushed(complete);
        opening.stream().send(complete);
    }

    /** Cuts off a proxy that has not answered for too long. */
    void checkAnswers() {
        Instant limit = opening.clock().instant().minus(limits.ackWait());
        for (Progress p : types.values()) {
            if (p.underWay && p.sentAt.isBefore(limit)) {
                events.unanswered(nodeName(), p.watch.scope().typeUrl());
                close(
                        Status.DEADLINE_EXCEEDED.withDescription(
                                "no answer for " + limits.ackWait().toSeconds() + " s"));
                return;
            }
        }
    }

    void close(Status status) {
        if (!closed) {
            closed = true;
            opening.stream().close(status);
        }
    }

    /** The stream ended, by whoever. */
    void ended() {
        closed = true;
        if (node != null) {
            events.disconnected(node);
            node = null;
        }
    }

    String caller() {
        return opening.caller().key();
    }

    private String nodeName() {
        return node == null ? opening.peer() : node.name();
    }

    Optional<SessionStatus> status() {
        if (node == null) {
            return Optional.empty();
        }
        List<WatchStatus> watches = new ArrayList<>();
        types.forEach(
                (type, p) ->
                        watches.add(
                                new WatchStatus(
                                        type,
                                        p.sent,
                                        p.acked,
                                        p.sentAt,
                                        p.ackedAt,
                                        p.lastError,
                                        p.watch.resources())));
        return Optional.of(
                new SessionStatus(
                        opening.id(),
                        node,
                        opening.caller().key(),
                        opening.peer(),
                        connectedAt,
                        watches));
    }
}
