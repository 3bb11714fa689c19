package dev.ambit.istiod.xds;

import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.istiod.live.MeshLoop;
import dev.ambit.istiod.xds.StreamAuthenticator.Caller;
import dev.ambit.istiod.xds.StreamAuthenticator.Evidence;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The delta ADS endpoint: gRPC threads come in, hop to the mesh loop, and a {@link DeltaSession}
 * does the rest there.
 */
public final class DeltaXdsService implements BindableService {
    private static final Duration CHECK_EVERY = Duration.ofSeconds(5);

    private final MeshLoop loop;
    private final ResourceCatalog catalog;
    private final XdsLimits limits;
    private final XdsEvents events;
    private final Clock clock;

    /** On the mesh loop. */
    private final Map<Long, DeltaSession> sessions = new LinkedHashMap<>();

    private long ids;
    private boolean stopped;

    public DeltaXdsService(
            MeshLoop loop,
            ResourceCatalog catalog,
            XdsLimits limits,
            XdsEvents events,
            Clock clock) {
        this.loop = loop;
        this.catalog = catalog;
        this.limits = limits;
        this.events = events;
        this.clock = clock;
        catalog.onChange(
                (scope, names) ->
                        List.copyOf(sessions.values()).forEach(s -> s.changed(scope, names)));
    }

    /** Starts looking for proxies that do not answer. */
    public void start() {
        loop.schedule(this::check, CHECK_EVERY);
    }

    private void check() {
        if (!stopped) {
            List.copyOf(sessions.values()).forEach(DeltaSession::checkAnswers);
            loop.schedule(this::check, CHECK_EVERY);
        }
    }

    /** Ends every stream, as a server does that goes away: proxies come back elsewhere. */
    public void stop() {
        loop.execute(
                () -> {
                    stopped = true;
                    List.copyOf(sessions.values())
                            .forEach(
                                    s ->
                                            s.close(
                                                    Status.UNAVAILABLE.withDescription(
                                                            "istiod is going away")));
                });
    }

    /** Every stream, for status pages; from any thread. */
    public CompletionStage<List<SessionStatus>> status() {
        CompletableFuture<List<SessionStatus>> future = new CompletableFuture<>();
        loop.execute(
                () -> {
                    List<SessionStatus> all = new ArrayList<>();
                    sessions.values().forEach(s -> s.status().ifPresent(all::add));
                    future.complete(all);
                });
        return future;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(DeltaDiscovery.SERVICE)
                .addMethod(DeltaDiscovery.METHOD, ServerCalls.asyncBidiStreamingCall(this::open))
                .build();
    }

    private StreamObserver<DeltaDiscoveryRequest> open(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        Evidence evidence = EvidenceInterceptor.EVIDENCE.get();
        StreamAuthenticator authenticator = EvidenceInterceptor.AUTHENTICATOR.get();
        Incoming incoming =
                new Incoming(
                        evidence.peer(),
                        (ServerCallStreamObserver<DeltaDiscoveryResponse>) responses);
        CompletionStage<Void> _ =
                authenticator
                        .authenticate(evidence)
                        .exceptionally(e -> Optional.empty())
                        .thenAccept(caller -> loop.execute(() -> incoming.open(caller)));
        return incoming;
    }

    /**
     * One stream; its callbacks hop to the loop, where they keep their order. The next request is
     * read when the one before has been handled, the first when the caller is known.
     */
    private final class Incoming
            implements StreamObserver<DeltaDiscoveryRequest>, DeltaSession.Stream {
        private final String peer;
        private final ServerCallStreamObserver<DeltaDiscoveryResponse> out;
        private @Nullable DeltaSession session;
        private boolean over;
        private long id;

        Incoming(String peer, ServerCallStreamObserver<DeltaDiscoveryResponse> out) {
            this.peer = peer;
            this.out = out;
            out.disableAutoRequest();
            out.setOnCancelHandler(() -> loop.execute(this::ended));
        }

        void open(Optional<Caller> caller) {
            if (over) {
                return;
            }
            if (caller.isEmpty()) {
                refuse("no valid credentials", Status.UNAUTHENTICATED, "authentication failure");
            } else if (stopped) {
                close(Status.UNAVAILABLE.withDescription("istiod is going away"));
            } else if (tooMany(caller.get())) {
                refuse(
                        "more than " + limits.streamsPerCaller() + " streams",
                        Status.RESOURCE_EXHAUSTED,
                        "too many streams");
            } else {
                id = ++ids;
                session =
                        new DeltaSession(
                                new DeltaSession.Opening(id, caller.get(), peer, this, clock),
                                catalog,
                                limits,
                                events);
                sessions.put(id, session);
                out.request(1);
            }
        }

        private void refuse(String reason, Status status, String told) {
            events.refused(peer, reason);
            close(status.withDescription(told));
        }

        private boolean tooMany(Caller caller) {
            if (caller.key().isEmpty()) {
                return false;
            }
            return sessions.values().stream().filter(s -> s.caller().equals(caller.key())).count()
                    >= limits.streamsPerCaller();
        }

        @Override
        public void onNext(DeltaDiscoveryRequest request) {
            loop.execute(
                    () -> {
                        if (session != null && !over) {
                            session.request(request);
                            out.request(1);
                        }
                    });
        }

        @Override
        public void onError(Throwable t) {
            loop.execute(this::ended);
        }

        @Override
        public void onCompleted() {
            loop.execute(() -> close(Status.OK));
        }

        private void ended() {
            over = true;
            sessions.remove(id);
            if (session != null) {
                session.ended();
                session = null;
            }
        }

        @Override
        public void send(DeltaDiscoveryResponse response) {
            if (!over && !out.isCancelled()) {
                out.onNext(response);
            }
        }

        @Override
        public void close(Status status) {
            if (!over && !out.isCancelled()) {
                if (status.isOk()) {
                    out.onCompleted();
                } else {
                    out.onError(new StatusException(status));
                }
            }
            ended();
        }
    }
}
