package dev.ambit.client.ads;

import com.google.rpc.Code;
import dev.ambit.api.TypeUrls;
import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.client.channel.CallFailure;
import dev.ambit.client.channel.ChannelUnavailable;
import dev.ambit.client.channel.IstiodChannel;
import dev.ambit.runtime.live.Live;
import dev.ambit.runtime.log.Log;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps resources of some types in step with istiod over one delta ADS stream (ambient.md 1.16):
 * subscribes, acknowledges, refuses single resources by name, connects again with what it knows.
 * Its state lives on the control loop; callbacks hop there first, then act.
 */
public final class DeltaSubscription implements AutoCloseable {

    private static final Log LOG = Log.get("xds");

    private final IstiodChannel channel;
    private final EventLoop loop;
    private final NodeMessage node;
    private final SubscriptionMetrics metrics;
    private final Map<String, TypeState<?>> types = new LinkedHashMap<>();
    private final Live<SyncState> state;
    private final ReconnectDelay delay = new ReconnectDelay();

    private @Nullable Stream stream;
    private boolean closed;

    private DeltaSubscription(
            IstiodChannel channel,
            NodeInfo node,
            Map<ResourceHandler<?>, Interest> handlers,
            SubscriptionMetrics metrics) {
        this.channel = channel;
        this.loop = channel.loop();
        this.node = new NodeMessage(node);
        this.metrics = metrics;
        handlers.forEach((h, interest) -> types.put(h.typeUrl(), new TypeState<>(h, interest)));
        this.state = new Live<>(new SyncState.Waiting(types.keySet(), "not connected yet"));
    }

    /** Subscribes to everything of each type and keeps trying until {@link #close}. */
    public static DeltaSubscription start(
            IstiodChannel channel,
            NodeInfo node,
            List<ResourceHandler<?>> handlers,
            SubscriptionMetrics metrics) {
        Map<ResourceHandler<?>, Interest> all = new LinkedHashMap<>();
        handlers.forEach(h -> all.put(h, Interest.WILDCARD));
        return start(channel, node, all, metrics);
    }

    /** Subscribes with an interest per type; requests go out in the order of the map. */
    public static DeltaSubscription start(
            IstiodChannel channel,
            NodeInfo node,
            Map<ResourceHandler<?>, Interest> handlers,
            SubscriptionMetrics metrics) {
        DeltaSubscription subscription = new DeltaSubscription(channel, node, handlers, metrics);
        subscription.loop.execute(subscription::connect);
        return subscription;
    }

    /** How far it is; changes on the control loop. */
    public Live<SyncState> state() {
        return state;
    }

    /** Wants resources by name, now and after every reconnect. Any thread. */
    public void subscribe(String typeUrl, Collection<String> names) {
        List<String> wanted = List.copyOf(names);
        loop.execute(
                () -> {
                    TypeState<?> type = type(typeUrl);
                    List<String> added = type.subscribe(wanted);
                    if (!added.isEmpty() && stream != null) {
                        stream.send(request(type).addAllResourceNamesSubscribe(added));
                    }
                });
    }

    /** No longer wants them. Any thread. */
    public void unsubscribe(String typeUrl, Collection<String> names) {
        List<String> unwanted = List.copyOf(names);
        loop.execute(
                () -> {
                    TypeState<?> type = type(typeUrl);
                    List<String> gone = type.unsubscribe(unwanted);
                    if (!gone.isEmpty() && stream != null) {
                        stream.send(request(type).addAllResourceNamesUnsubscribe(gone));
                    }
                });
    }

    @Override
    public void close() {
        loop.execute(
                () -> {
                    closed = true;
                    if (stream != null) {
                        stream.call.cancel("subscription closed", null);
                    }
                });
    }

    private TypeState<?> type(String typeUrl) {
        TypeState<?> type = types.get(typeUrl);
        if (type == null) {
            throw new IllegalArgumentException(
                    "type: %s (expected one of: %s)".formatted(typeUrl, types.keySet()));
        }
        return type;
    }

    private static DeltaDiscoveryRequest.Builder request(TypeState<?> type) {
        return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    private void connect() {
        if (closed) {
            return;
        }
        try {
            Stream opened =
                    new Stream(channel.grpc().newCall(DeltaDiscovery.METHOD, CallOptions.DEFAULT));
            stream = opened;
            opened.open();
        } catch (ChannelUnavailable e) {
            stream = null;
            retry(Status.UNAVAILABLE.withDescription(e.getMessage()), Duration.ZERO);
        }
    }

    private void retry(Status status, Duration lived) {
        if (closed) {
            return;
        }
        Duration pause = delay.after(status, lived);
        String trouble = CallFailure.describe(status);
        boolean ordinary = ReconnectDelay.isOrdinary(status);
        if (ordinary) {
            LOG.debug("stream ended", "target", channel.target(), "status", trouble);
        } else {
            LOG.warn(
                    "stream failed",
                    "target",
                    channel.target(),
                    "retry_in",
                    pause.toMillis() + "ms",
                    "error",
                    trouble);
        }
        publish(trouble);
        channel.renew();
        loop.schedule(this::connect, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void publish(String trouble) {
        Set<String> missing =
                types.values().stream()
                        .filter(TypeState::missing)
                        .map(TypeState::typeUrl)
                        .collect(Collectors.toSet());
        SyncState next =
                !missing.isEmpty()
                        ? new SyncState.Waiting(missing, trouble)
                        : stream == null
                                ? new SyncState.Disconnected(trouble)
                                : new SyncState.Synced();
        if (!next.equals(state.current())) {
            state.set(next);
        }
    }

    /** One stream; what it hears counts only while it is the current one. */
    private final class Stream extends ClientCall.Listener<DeltaDiscoveryResponse> {

        private final ClientCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call;
        private final long openedNanos = System.nanoTime();
        private boolean heard;
        private boolean offersTaken;

        Stream(ClientCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call) {
            this.call = call;
        }

        void open() {
            call.start(this, new Metadata());
            call.request(1);
            boolean first = true;
            for (TypeState<?> type : types.values()) {
                if (type.isOffered()) {
                    continue;
                }
                DeltaDiscoveryRequest.Builder request = type.open();
                if (first) {
                    request.setNode(node.message());
                    first = false;
                }
                send(request);
            }
        }

        void send(DeltaDiscoveryRequest.Builder request) {
            call.sendMessage(request.build());
        }

        @Override
        public void onMessage(DeltaDiscoveryResponse response) {
            hop(() -> take(response));
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            hop(() -> ended(status));
        }

        /** gRPC calls on the loop already, except when a call ends before it began. */
        private void hop(Runnable action) {
            loop.execute(
                    () -> {
                        if (stream == this) {
                            guarded(action);
                        }
                    });
        }

        /** A bug in a handler must not leave a stream that hears nothing more: begin a new one. */
        private void guarded(Runnable action) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("response not applied", "target", channel.target(), "error", e);
                stream = null;
                call.cancel("response not applied", e);
                metrics.terminated(SubscriptionMetrics.Termination.ERROR);
                retry(
                        Status.INTERNAL.withDescription("response not applied").withCause(e),
                        Duration.ZERO);
            }
        }

        private void take(DeltaDiscoveryResponse response) {
            heard = true;
            metrics.received(response.getTypeUrl(), size(response));
            DeltaDiscoveryRequest.Builder answer =
                    DeltaDiscoveryRequest.newBuilder()
                            .setTypeUrl(response.getTypeUrl())
                            .setResponseNonce(response.getNonce());
            TypeState<?> type = types.get(response.getTypeUrl());
            if (type == null) {
                LOG.warn("response of a type nobody asked for", "type", response.getTypeUrl());
            } else {
                Map<String, String> rejected = type.take(response);
                if (!rejected.isEmpty()) {
                    metrics.rejected(type.typeUrl(), rejected.size());
                    String message = Rejections.message(rejected);
                    LOG.warn("resources rejected", "type", type.typeUrl(), "resources", message);
                    answer.setErrorDetail(
                            com.google.rpc.Status.newBuilder()
                                    .setCode(Code.INVALID_ARGUMENT_VALUE)
                                    .setMessage(message));
                }
            }
            send(answer);
            takeOffers(response);
            call.request(1);
            publish("not heard of yet");
        }

        /** Types of our own are asked for once the other side has said that it knows them. */
        private void takeOffers(DeltaDiscoveryResponse response) {
            if (!offersTaken
                    && response.getControlPlane().getIdentifier().startsWith(TypeUrls.AMBIT)) {
                offersTaken = true;
                types.values().stream()
                        .filter(TypeState::isOffered)
                        .forEach(type -> send(type.open()));
            }
        }

        /** As upstream counts: the resources themselves, without names and envelope. */
        private static long size(DeltaDiscoveryResponse response) {
            return response.getResourcesList().stream()
                    .mapToLong(r -> r.getResource().getValue().size())
                    .sum();
        }

        private void ended(Status status) {
            stream = null;
            metrics.terminated(
                    status.isOk()
                            ? SubscriptionMetrics.Termination.COMPLETE
                            : ReconnectDelay.isOrdinary(status)
                                    ? SubscriptionMetrics.Termination.RECONNECT
                                    : heard
                                            ? SubscriptionMetrics.Termination.ERROR
                                            : SubscriptionMetrics.Termination.CONNECTION_ERROR);
            retry(status, Duration.ofNanos(System.nanoTime() - openedNanos));
        }
    }
}
