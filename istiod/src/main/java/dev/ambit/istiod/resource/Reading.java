package dev.ambit.istiod.resource;

import java.util.List;

/** What reading an object gave. */
public sealed interface Reading {

    /** The object is fine. */
    record Taken(MeshObject object) implements Reading {}

    /** The object is not taken; whoever holds an earlier version keeps that. */
    record Refused(ObjectId id, List<ObjectProblem> problems) implements Reading {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /** The mesh has no use for objects of this kind. */
    record NotOurs() implements Reading {}
}
