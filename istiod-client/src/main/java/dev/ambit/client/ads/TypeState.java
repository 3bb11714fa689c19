package dev.ambit.client.ads;

import com.google.protobuf.Any;
import dev.ambit.api.InvalidResource;
import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.api.proto.discovery.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One type of a subscription: what is wanted, what is known in which version. Survives streams;
 * confined to the control loop.
 */
final class TypeState<T> {

    private final ResourceHandler<T> handler;
    private final Interest interest;

    /** Accepted resources and their versions, told to istiod at a new stream. */
    private final Map<String, String> versions = new HashMap<>();

    /** Wanted by name, beside or instead of everything. */
    private final Set<String> names = new TreeSet<>();

    private boolean heard;

    TypeState(ResourceHandler<T> handler, Interest interest) {
        this.handler = handler;
        this.interest = interest;
        versions.putAll(handler.knownVersions());
    }

    String typeUrl() {
        return handler.typeUrl();
    }

    /** Whether a first response is still to come; on demand there may never be one. */
    boolean missing() {
        return !heard && interest == Interest.WILDCARD;
    }

    /** Whether it is asked for at once, or only once the control plane has said who it is. */
    boolean isOffered() {
        return interest == Interest.OFFERED;
    }

    /** The first request of the type on a new stream. */
    DeltaDiscoveryRequest.Builder open() {
        DeltaDiscoveryRequest.Builder request =
                DeltaDiscoveryRequest.newBuilder()
                        .setTypeUrl(typeUrl())
                        .putAllInitialResourceVersions(versions)
                        .addAllResourceNamesSubscribe(names);
        if (interest == Interest.ON_DEMAND) {
            // An empty list would be the old wildcard; this says "nothing but what I name".
            request.addResourceNamesSubscribe("*").addResourceNamesUnsubscribe("*");
        }
        return request;
    }

    /** Names that were not subscribed before. */
    List<String> subscribe(Collection<String> wanted) {
        return wanted.stream().filter(names::add).toList();
    }

    /** Names that were subscribed until now; what is known of them is forgotten. */
    List<String> unsubscribe(Collection<String> unwanted) {
        List<String> gone = unwanted.stream().filter(names::remove).toList();
        if (interest == Interest.ON_DEMAND) {
            gone.forEach(versions::remove);
        }
        return gone;
    }

    /**
     * Takes a response: what is good is applied, what is not is returned by name with the reason. A
     * refused resource is not recorded, so a new stream brings it again.
     */
    Map<String, String> take(DeltaDiscoveryResponse response) {
        Map<String, String> rejected = new LinkedHashMap<>();
        List<Named<T>> updates = new ArrayList<>(response.getResourcesCount());
        Map<String, String> received = new HashMap<>();
        for (Resource resource : response.getResourcesList()) {
            decode(resource, updates, rejected);
            received.put(resource.getName(), resource.getVersion());
        }
        List<String> removals = List.copyOf(response.getRemovedResourcesList());
        rejected.putAll(handler.apply(updates, removals));
        removals.forEach(versions::remove);
        rejected.keySet().forEach(received::remove);
        versions.putAll(received);
        handler.accepted(received, removals);
        heard = true;
        return rejected;
    }

    private void decode(Resource resource, List<Named<T>> updates, Map<String, String> rejected) {
        Any any = resource.getResource();
        String name = resource.getName();
        if (!any.getTypeUrl().equals(typeUrl())) {
            rejected.put(name, "type: %s (expected: %s)".formatted(any.getTypeUrl(), typeUrl()));
            return;
        }
        try {
            updates.add(new Named<>(name, handler.decode(name, any.getValue())));
        } catch (InvalidResource e) {
            rejected.put(name, e.reason());
        }
    }
}
