package dev.ambit.demo.cluster;

import dev.ambit.demo.cluster.Desired.ServiceObject;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The environment variables of a pod: its template's, who it is, and where the services of its
 * namespace are, in the form a cluster gives them (REVIEWS_SERVICE_HOST). A waypoint gets what it
 * needs to find istiod.
 */
final class PodEnvironment {

    private final ServiceAddresses addresses;
    private final MeshEnvironment mesh;

    PodEnvironment(ServiceAddresses addresses, MeshEnvironment mesh) {
        this.addresses = addresses;
        this.mesh = mesh;
    }

    Map<String, String> of(PodLife pod, Desired desired) {
        PodTemplate template = pod.template();
        Map<String, String> all = new TreeMap<>();
        for (ServiceObject service : desired.services()) {
            String address = addresses.of(service);
            if (service.namespace().equals(template.namespace())
                    && !address.isEmpty()
                    && !service.ports().isEmpty()) {
                String prefix = service.name().toUpperCase(Locale.ROOT).replace('-', '_');
                all.put(prefix + "_SERVICE_HOST", address);
                all.put(prefix + "_SERVICE_PORT", Integer.toString(service.ports().get(0).port()));
            }
        }
        all.put("POD_NAME", pod.name());
        all.put("POD_NAMESPACE", template.namespace());
        all.put("POD_IP", pod.place().address());
        all.put("NODE_NAME", pod.place().node().name());
        if (template.container().image().equals(Desired.WAYPOINT_IMAGE)) {
            all.putAll(mesh.ofWaypoint(pod));
        }
        all.putAll(template.container().environment());
        return all;
    }
}
