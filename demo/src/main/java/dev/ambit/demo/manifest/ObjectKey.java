package dev.ambit.demo.manifest;

/** What makes an object itself; namespace is empty for those without one. */
public record ObjectKey(String kind, String namespace, String name) {

    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
