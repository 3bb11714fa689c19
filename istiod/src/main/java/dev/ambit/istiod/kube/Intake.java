package dev.ambit.istiod.kube;

import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.ObjectId;
import dev.ambit.istiod.resource.ObjectProblem;
import dev.ambit.istiod.resource.RawObject;
import dev.ambit.istiod.resource.Reading;
import dev.ambit.istiod.resource.ResourceReader;
import dev.ambit.istiod.resource.Source;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Objects of all kinds, from the threads of their watches to the sink: read, and told where they
 * differ. One that cannot be taken keeps its last good version. Until {@link #open} everything is
 * only gathered. Thread-safe; calls for one object come in their order.
 */
final class Intake {
    private final Consumer<List<ObjectProblem>> problems;

    /** The last good version of each object. */
    private final Map<ObjectId, MeshObject> taken = new HashMap<>();

    private final Map<ObjectId, List<ObjectProblem>> refused = new LinkedHashMap<>();
    private Source.@Nullable Sink sink;

    /**
     * @param problems told everything that is wrong, whenever that changes; in order
     */
    Intake(Consumer<List<ObjectProblem>> problems) {
        this.problems = problems;
    }

    /** Hands on everything there is, and from now on what changes. */
    synchronized void open(Source.Sink to) {
        sink = to;
        to.changed(List.copyOf(taken.values()), List.of());
    }

    void changed(RawObject raw) {
        Reading reading = read(raw);
        synchronized (this) {
            switch (reading) {
                case Reading.NotOurs notOurs -> {}
                case Reading.Refused r -> refuse(raw.id(), r.problems());
                case Reading.Taken t -> take(raw.id(), t.object());
            }
        }
    }

    /** Whatever an object does to its reader, it is that object alone that is not taken. */
    private static Reading read(RawObject raw) {
        try {
            return ResourceReader.read(raw);
        } catch (RuntimeException e) {
            return new Reading.Refused(
                    raw.id(),
                    List.of(
                            new ObjectProblem(
                                    ObjectProblem.INVALID_FIELD,
                                    raw.id(),
                                    raw.where().of(List.of()),
                                    "",
                                    "it cannot be read: " + e,
                                    "correct the object")));
        }
    }

    private void refuse(ObjectId id, List<ObjectProblem> why) {
        if (!why.equals(refused.put(id, why))) {
            problems.accept(problems());
        }
    }

    private void take(ObjectId id, MeshObject object) {
        if (refused.remove(id) != null) {
            problems.accept(problems());
        }
        MeshObject before = taken.put(id, object);
        if (sink != null && !object.equals(before)) {
            sink.changed(List.of(object), List.of());
        }
    }

    synchronized void gone(ObjectId id) {
        if (refused.remove(id) != null) {
            problems.accept(problems());
        }
        MeshObject before = taken.remove(id);
        if (sink != null && before != null) {
            sink.changed(List.of(), List.of(before));
        }
    }

    synchronized int size() {
        return taken.size();
    }

    synchronized List<ObjectProblem> problems() {
        return refused.values().stream().flatMap(List::stream).toList();
    }
}
