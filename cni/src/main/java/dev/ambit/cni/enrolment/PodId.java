package dev.ambit.cni.enrolment;

/** A pod as ztunnel knows it. */
public record PodId(String uid, String namespace, String name, String serviceAccount) {

    /** {@code namespace/name}, as messages name it. */
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
