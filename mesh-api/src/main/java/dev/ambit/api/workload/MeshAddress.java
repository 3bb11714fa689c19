package dev.ambit.api.workload;

/** One resource of type {@code istio.workload.Address}. */
public sealed interface MeshAddress permits Workload, MeshService {

    /** Its name on the stream: a workload's uid, a service's {@code namespace/hostname}. */
    String resourceName();
}
