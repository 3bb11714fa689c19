package dev.ambit.istiod.directory;

import dev.ambit.api.manifest.Manifest;
import dev.ambit.api.manifest.ManifestFiles;
import dev.ambit.api.manifest.ManifestKey;
import dev.ambit.api.manifest.ManifestSnapshot;
import dev.ambit.api.manifest.ManifestWatch;
import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.ObjectId;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.ObjectProblem;
import dev.ambit.istiod.resource.RawObject;
import dev.ambit.istiod.resource.Reading;
import dev.ambit.istiod.resource.ResourceReader;
import dev.ambit.istiod.resource.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Manifests to objects. An object that cannot be taken keeps its last good version; what is wrong
 * is published as {@link DirectoryStatus}. Before the first good reading there is no last good
 * version: until every file has been read once nothing is handed on, because proxies that still
 * hold the whole mesh would be told that what stands in a broken file, a policy perhaps, is gone.
 * Confined to the thread that calls {@link #accept}, which is that of the watch.
 */
public final class DirectorySource implements Source {
    private final ManifestFiles files;
    private final BiFunction<String, Runnable, Thread> threads;
    private final Consumer<DirectoryStatus> status;

    /** The last good version of each object. */
    private final Map<ManifestKey, MeshObject> taken = new LinkedHashMap<>();

    private final Map<ManifestKey, List<ObjectProblem>> refused = new LinkedHashMap<>();
    private ManifestSnapshot last = ManifestSnapshot.EMPTY;
    private @Nullable Sink sink;
    private @Nullable ManifestWatch watch;
    private @Nullable Thread thread;

    /**
     * @param threads makes and starts a thread of a name
     * @param status told what is wrong after every change; on the watching thread
     */
    public DirectorySource(
            ManifestFiles files,
            BiFunction<String, Runnable, Thread> threads,
            Consumer<DirectoryStatus> status) {
        this.files = files;
        this.threads = threads;
        this.status = status;
    }

    @Override
    public void start(Sink to) {
        sink = to;
        ManifestWatch made = new ManifestWatch(files, this::accept);
        watch = made;
        thread = threads.apply("manifests", made);
    }

    /** For whoever drives the scans by hand. */
    public void attach(Sink to) {
        sink = to;
    }

    /** Takes what the directories say now. */
    public void accept(ManifestSnapshot now) {
        boolean first = last.generation() == 0;
        if (first && !now.problems().isEmpty()) {
            status.accept(new DirectoryStatus(now.generation(), 0, now.problems(), List.of()));
            return;
        }
        List<MeshObject> changed = new ArrayList<>();
        List<MeshObject> removed = new ArrayList<>();
        ManifestSnapshot.Changes changes = now.since(last);
        for (Manifest manifest : changes.removed()) {
            refused.remove(manifest.key());
            MeshObject gone = taken.remove(manifest.key());
            if (gone != null) {
                removed.add(gone);
            }
        }
        for (Manifest manifest : changes.changed()) {
            read(manifest, changed);
        }
        last = now;
        status.accept(
                new DirectoryStatus(now.generation(), taken.size(), now.problems(), problems()));
        if (sink != null && (first || !changed.isEmpty() || !removed.isEmpty())) {
            sink.changed(changed, removed);
        }
    }

    private void read(Manifest manifest, List<MeshObject> changed) {
        ManifestKey key = manifest.key();
        switch (ResourceReader.read(raw(manifest))) {
            case Reading.NotOurs notOurs -> {}
            case Reading.Refused r -> refused.put(key, r.problems());
            case Reading.Taken t -> {
                refused.remove(key);
                MeshObject before = taken.put(key, t.object());
                if (!t.object().equals(before)) {
                    changed.add(t.object());
                }
            }
        }
    }

    private static RawObject raw(Manifest manifest) {
        ManifestKey key = manifest.key();
        return new RawObject(
                new ObjectId(key.group(), key.kind(), new ObjectName(key.namespace(), key.name())),
                manifest.content(),
                path -> manifest.where(path).toString());
    }

    private List<ObjectProblem> problems() {
        return refused.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        if (thread != null) {
            thread.interrupt();
        }
    }
}
