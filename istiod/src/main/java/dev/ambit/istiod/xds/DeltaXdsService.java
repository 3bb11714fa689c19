package dev.ambit.istiod.xds;

import dev.ambit.istiod.live.MeshLoop;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The delta ADS endpoint: gRPC threads come in, hop to the mesh loop, and a {@link DeltaSession}
 * does the rest there.
 */
public final class DeltaXdsService
        extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
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
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        StreamAuthenticator.Caller caller = StreamGuard.CALLER.get();
        String peer = StreamGuard.PEER.get(Context.current());
        Incoming incoming =
                new Incoming(
                        caller == null ? StreamAuthenticator.Caller.UNKNOWN : caller,
                        peer == null ? "unknown" : peer,
                        (ServerCallStreamObserver<DeltaDiscoveryResponse>) responses);
        loop.execute(incoming::open);
        return incoming;
    }

    /** One stream; its callbacks hop to the loop, where they keep their order. */
    private final class Incoming
            implements StreamObserver<DeltaDiscoveryRequest>, DeltaSession.Stream {
        private final StreamAuthenticator.Caller caller;
        private final String peer;
        private final ServerCallStreamObserver<DeltaDiscoveryResponse> out;
        private final CompletableFuture<DeltaSession> session = new CompletableFuture<>();
        private long id;

        Incoming(
                StreamAuthenticator.Caller caller,
                String peer,
                ServerCallStreamObserver<DeltaDiscoveryResponse> out) {
            this.caller = caller;
            this.peer = peer;
            this.out = out;
            out.setOnCancelHandler(() -> loop.execute(this::ended));
        }

        void open() {
            id = ++ids;
            DeltaSession made =
                    new DeltaSession(
                            new DeltaSession.Opening(id, caller, peer, this, clock),
                            catalog,
                            limits,
                            events);
            session.complete(made);
            if (stopped) {
                made.close(Status.UNAVAILABLE.withDescription("istiod is going away"));
            } else if (tooMany()) {
                events.refused(peer, "more than " + limits.streamsPerCaller() + " streams");
                made.close(Status.RESOURCE_EXHAUSTED.withDescription("too many streams"));
            } else {
                sessions.put(id, made);
            }
        }

        private boolean tooMany() {
            if (caller.key().isEmpty()) {
                return false;
            }
            return sessions.values().stream().filter(s -> s.caller().equals(caller.key())).count()
                    >= limits.streamsPerCaller();
        }

        @Override
        public void onNext(DeltaDiscoveryRequest request) {
            loop.execute(() -> session.join().request(request));
        }

        @Override
        public void onError(Throwable t) {
            loop.execute(this::ended);
        }

        @Override
        public void onCompleted() {
            loop.execute(
                    () -> {
                        session.join().close(Status.OK);
                        ended();
                    });
        }

        private void ended() {
            sessions.remove(id);
            session.join().ended();
        }

        @Override
        public void send(DeltaDiscoveryResponse response) {
            if (!out.isCancelled()) {
                out.onNext(response);
            }
        }

        @Override
        public void close(Status status) {
            sessions.remove(id);
            if (out.isCancelled()) {
                return;
            }
            if (status.isOk()) {
                out.onCompleted();
            } else {
                out.onError(new StatusException(status));
            }
        }
    }
}
