package dev.ambit.istiod.resource;

/**
 * The name of an object among all.
 *
 * @param group API group, "" for the core group
 */
public record ObjectId(String group, String kind, ObjectName name) implements Comparable<ObjectId> {

    @Override
    public int compareTo(ObjectId o) {
        int c = kind.compareTo(o.kind);
        c = c != 0 ? c : group.compareTo(o.group);
        return c != 0 ? c : name.compareTo(o.name);
    }

    /** {@code Kind namespace/name}, as messages name it. */
    @Override
    public String toString() {
        return kind + " " + name;
    }
}
