package dev.ambit.istiod.kube;

import dev.ambit.istiod.resource.ObjectName;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an informer keeps of its objects: the resource version of each and nothing else. An object
 * is handed on where it comes in, and forgotten; an informer's own cache would hold all of the
 * cluster's JSON a second time. Seeing an object here rather than in an event handler also means
 * that an informer that says it has synced has handed on everything.
 */
final class VersionStore implements ItemStore<GenericKubernetesResource> {

    /** Told of each change, in order, by the informer's threads. Must not throw. */
    interface Reader {
        void changed(GenericKubernetesResource object);

        void gone(ObjectName name);
    }

    private final Reader reader;
    private final Map<String, String> versions = new HashMap<>();
    private boolean ended;

    VersionStore(Reader reader) {
        this.reader = reader;
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public synchronized @Nullable GenericKubernetesResource put(
            String key, GenericKubernetesResource object) {
        if (ended) {
            return null;
        }
        String version = String.valueOf(object.getMetadata().getResourceVersion());
        String before = versions.put(key, version);
        // A list after a lost watch brings everything again; what has not changed stops here.
        if (!version.equals(before)) {
            reader.changed(object);
        }
        return before == null ? null : known(key, before);
    }

    @Override
    public synchronized @Nullable GenericKubernetesResource remove(String key) {
        String before = versions.remove(key);
        if (before == null) {
            return null;
        }
        reader.gone(name(key));
        return known(key, before);
    }

    /** From here on nothing is handed on; returns what was there. */
    synchronized Set<String> end() {
        ended = true;
        Set<String> left = Set.copyOf(versions.keySet());
        versions.clear();
        return left;
    }

    synchronized boolean holds(String key) {
        return versions.containsKey(key);
    }

    @Override
    public synchronized Stream<String> keySet() {
        return Set.copyOf(versions.keySet()).stream();
    }

    @Override
    public synchronized Stream<GenericKubernetesResource> values() {
        return Map.copyOf(versions).entrySet().stream().map(e -> known(e.getKey(), e.getValue()));
    }

    @Override
    public synchronized int size() {
        return versions.size();
    }

    @Override
    public synchronized @Nullable GenericKubernetesResource get(String key) {
        String version = versions.get(key);
        return version == null ? null : known(key, version);
    }

    @Override
    public boolean isFullState() {
        return false;
    }

    static ObjectName name(String key) {
        int slash = key.indexOf('/');
        return slash < 0
                ? new ObjectName("", key)
                : new ObjectName(key.substring(0, slash), key.substring(slash + 1));
    }

    /** As much of an object as an informer compares by. */
    private static GenericKubernetesResource known(String key, String version) {
        ObjectName name = name(key);
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setMetadata(
                new ObjectMetaBuilder()
                        .withNamespace(name.namespace().isEmpty() ? null : name.namespace())
                        .withName(name.name())
                        .withResourceVersion(version)
                        .build());
        return object;
    }
}
