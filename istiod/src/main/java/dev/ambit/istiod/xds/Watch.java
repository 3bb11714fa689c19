package dev.ambit.istiod.xds;

import dev.ambit.api.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.api.proto.discovery.DeltaDiscoveryResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one stream wants and has of one type. Pure bookkeeping: {@link DeltaSession} feeds it
 * requests and changes and asks it for the next response. Confined to the mesh loop.
 */
final class Watch {
    static final String WILDCARD = "*";

    private final ResourceCatalog catalog;
    private final ResourceScope scope;
    private final String nodeName;
    private final XdsLimits limits;

    private boolean wildcard;

    /** Resources it asked for by name or by another key. */
    private final Set<String> asked = new LinkedHashSet<>();

    /** Services it asked for by address: their endpoints belong to the answer. */
    private final Set<String> implied = new HashSet<>();

    /** What it has, by version. */
    private final Map<String, String> known = new HashMap<>();

    /** What may have to be told. Bounded by the number of resources. */
    private final Set<String> pending = new LinkedHashSet<>();

    /** Keys it asked for that nothing has: told as removed, so that nobody waits for them. */
    private final Set<String> missing = new LinkedHashSet<>();

    /** The first request of a type and every new name get an answer even if there is nothing. */
    private boolean answerDue;

    Watch(ResourceCatalog catalog, ResourceScope scope, String nodeName, XdsLimits limits) {
        this.catalog = catalog;
        this.scope = scope;
        this.nodeName = nodeName;
        this.limits = limits;
    }

    ResourceScope scope() {
        return scope;
    }

    int resources() {
        return known.size();
    }

    /** The first request: also says what the proxy still has from before. */
    void open(DeltaDiscoveryRequest request) {
        known.putAll(request.getInitialResourceVersionsMap());
        // No names at all is the older way to ask for everything.
        wildcard = request.getResourceNamesSubscribeCount() == 0;
        subscribe(request.getResourceNamesSubscribeList());
        unsubscribe(request.getResourceNamesUnsubscribeList());
        answerDue = true;
        if (wildcard) {
            pending.addAll(catalog.names(scope));
        } else if (!nodeName.isEmpty()) {
            pending.addAll(catalog.onNode(scope, nodeName));
        }
        // What it has and should not have (any more) is told as removed.
        pending.addAll(known.keySet());
    }

    /**
     * Changes what it wants.
     *
     * @throws IllegalArgumentException when a limit is passed
     */
    void update(DeltaDiscoveryRequest request) {
        unsubscribe(request.getResourceNamesUnsubscribeList());
        subscribe(request.getResourceNamesSubscribeList());
    }

    private void subscribe(List<String> names) {
        for (String name : names) {
            if (name.length() > limits.nameLength()) {
                throw new IllegalArgumentException(
                        "resource name of "
                                + name.length()
                                + " characters (expected: at most "
                                + limits.nameLength()
                                + ")");
            }
            if (name.equals(WILDCARD)) {
                wildcard = true;
                pending.addAll(catalog.names(scope));
            } else {
                asked.add(name);
                ask(name);
            }
            answerDue = true;
        }
        if (asked.size() > limits.names()) {
            throw new IllegalArgumentException(
                    asked.size() + " resource names (expected: at most " + limits.names() + ")");
        }
    }

    private void ask(String key) {
        Set<String> names = catalog.resolve(scope, key);
        if (names.isEmpty()) {
            missing.add(key);
        }
        for (String name : names) {
            // Asked for again means that it may have been lost.
            known.remove(name);
            pending.add(name);
            imply(key, name);
        }
    }

    /** By its address a service is meant with its endpoints, which name the service. */
    private void imply(String key, String name) {
        if (!name.equals(key) && name.indexOf('/') == name.lastIndexOf('/')) {
            if (implied.add(name)) {
                pending.addAll(catalog.resolve(scope, name));
            }
        }
    }

    private void unsubscribe(List<String> names) {
        for (String name : names) {
            if (name.equals(WILDCARD)) {
                wildcard = false;
                pending.removeIf(n -> !wanted(n));
            } else {
                asked.remove(name);
                missing.remove(name);
            }
        }
        if (!names.isEmpty()) {
            // What it no longer wants it forgets by itself.
            known.keySet().removeIf(n -> !wanted(n));
        }
    }

    /** Something changed in the catalog. */
    void changed(Set<String> names) {
        for (String name : names) {
            if (known.containsKey(name) || wanted(name)) {
                pending.add(name);
            }
            EncodedResource resource = catalog.get(scope, name);
            if (resource != null) {
                for (String key : resource.keys()) {
                    if (asked.contains(key)) {
                        imply(key, name);
                    }
                }
            }
        }
    }

    boolean hasWork() {
        return answerDue || !pending.isEmpty() || !missing.isEmpty();
    }

    private boolean wanted(String name) {
        if (wildcard || asked.contains(name)) {
            return true;
        }
        EncodedResource resource = catalog.get(scope, name);
        if (resource == null) {
            return false;
        }
        if (!nodeName.isEmpty() && resource.node().equals(nodeName)) {
            return true;
        }
        for (String key : resource.keys()) {
            if (asked.contains(key) || implied.contains(key)) {
                return true;
            }
        }
        return false;
    }

    /** The next response, null if there is nothing to say. */
    @Nullable DeltaDiscoveryResponse next() {
        DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder();
        int bytes = 0;
        Iterator<String> names = pending.iterator();
        while (names.hasNext() && bytes < limits.responseBytes()) {
            String name = names.next();
            names.remove();
            EncodedResource resource = catalog.get(scope, name);
            if (resource != null && wanted(name)) {
                missing.removeAll(resource.keys());
                missing.remove(name);
                if (!resource.version().equals(known.put(name, resource.version()))) {
                    response.addResources(resource.resource());
                    bytes += resource.size();
                }
            } else if (known.remove(name) != null) {
                response.addRemovedResources(name);
                bytes += name.length();
            }
        }
        response.addAllRemovedResources(missing);
        missing.clear();
        if (!answerDue
                && response.getResourcesCount() == 0
                && response.getRemovedResourcesCount() == 0) {
            return null;
        }
        answerDue = false;
        return response.setTypeUrl(scope.typeUrl()).build();
    }
}
