package dev.ambit.client.testing;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.api.proto.discovery.Resource;
import dev.ambit.client.ads.DeltaDiscovery;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Delta ADS of {@link FakeControlPlane}: one lock around everything. */
final class FakeDiscovery {

    private final Map<String, Map<String, ByteString>> resources = new HashMap<>();
    private final List<Stream> streams = new ArrayList<>();
    private final LinkedBlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();

    ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(DeltaDiscovery.SERVICE)
                .addMethod(DeltaDiscovery.METHOD, ServerCalls.asyncBidiStreamingCall(this::open))
                .build();
    }

    synchronized void put(String typeUrl, Map<String, ByteString> values) {
        resources.computeIfAbsent(typeUrl, t -> new TreeMap<>()).putAll(values);
        streams.forEach(s -> s.push(typeUrl, values.keySet(), false));
    }

    synchronized void remove(String typeUrl, String name) {
        resources.getOrDefault(typeUrl, new TreeMap<>()).remove(name);
        streams.forEach(s -> s.push(typeUrl, Set.of(name), false));
    }

    synchronized void endStreams(Status status) {
        List.copyOf(streams).forEach(s -> s.responses.onError(status.asException()));
        streams.clear();
    }

    DeltaDiscoveryRequest nextRequest() {
        try {
            DeltaDiscoveryRequest request = requests.poll(10, TimeUnit.SECONDS);
            if (request == null) {
                throw new AssertionError("no request came");
            }
            return request;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a request", e);
        }
    }

    private synchronized StreamObserver<DeltaDiscoveryRequest> open(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        Stream stream = new Stream(responses);
        streams.add(stream);
        return stream;
    }

    /** What one stream wants and was sent. */
    private static final class Wanted {
        private boolean all;
        private final Set<String> names = new HashSet<>();
        private final Map<String, String> sent = new HashMap<>();
    }

    private final class Stream implements StreamObserver<DeltaDiscoveryRequest> {

        private final StreamObserver<DeltaDiscoveryResponse> responses;
        private final Map<String, Wanted> types = new HashMap<>();
        private int nonce;

        Stream(StreamObserver<DeltaDiscoveryResponse> responses) {
            this.responses = responses;
        }

        @Override
        public void onNext(DeltaDiscoveryRequest request) {
            requests.add(request);
            synchronized (FakeDiscovery.this) {
                accept(request);
            }
        }

        private void accept(DeltaDiscoveryRequest request) {
            if (!request.getResponseNonce().isEmpty()) {
                return;
            }
            String type = request.getTypeUrl();
            boolean first = !types.containsKey(type);
            Wanted wanted = types.computeIfAbsent(type, t -> new Wanted());
            if (first) {
                wanted.all = request.getResourceNamesSubscribeCount() == 0;
                wanted.sent.putAll(request.getInitialResourceVersionsMap());
            }
            wanted.names.addAll(request.getResourceNamesSubscribeList());
            wanted.names.removeAll(request.getResourceNamesUnsubscribeList());
            Set<String> names = new HashSet<>(request.getResourceNamesSubscribeList());
            names.remove("*");
            if (wanted.all) {
                names.addAll(resources.getOrDefault(type, Map.of()).keySet());
                names.addAll(wanted.sent.keySet());
            }
            push(type, names, first && wanted.all);
        }

        /** Sends what of the names is wanted and not there yet, in one response. */
        private void push(String type, Collection<String> names, boolean evenIfEmpty) {
            Wanted wanted = types.get(type);
            if (wanted == null) {
                return;
            }
            DeltaDiscoveryResponse.Builder response =
                    DeltaDiscoveryResponse.newBuilder().setTypeUrl(type);
            for (String name : names) {
                if (wanted.all || wanted.names.contains(name)) {
                    add(type, name, wanted, response);
                }
            }
            boolean empty =
                    response.getResourcesCount() == 0 && response.getRemovedResourcesCount() == 0;
            if (!empty || evenIfEmpty) {
                responses.onNext(response.setNonce(Integer.toString(++nonce)).build());
            }
        }

        private void add(
                String type, String name, Wanted wanted, DeltaDiscoveryResponse.Builder response) {
            ByteString value = resources.getOrDefault(type, Map.of()).get(name);
            if (value == null) {
                wanted.sent.remove(name);
                response.addRemovedResources(name);
                return;
            }
            String version = Integer.toHexString(value.hashCode());
            if (!version.equals(wanted.sent.put(name, version))) {
                response.addResources(
                        Resource.newBuilder()
                                .setName(name)
                                .setVersion(version)
                                .setResource(Any.newBuilder().setTypeUrl(type).setValue(value)));
            }
        }

        @Override
        public void onError(Throwable failure) {
            gone();
        }

        @Override
        public void onCompleted() {
            gone();
            responses.onCompleted();
        }

        private void gone() {
            synchronized (FakeDiscovery.this) {
                streams.remove(this);
            }
        }
    }
}
