package dev.ambit.ztunnel.state;

import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.MeshAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.WaypointRef;
import dev.ambit.api.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/** The names by which the control plane may be asked for something. */
public final class AddressNames {

    private AddressNames() {}

    /** All names of a record. */
    static List<String> of(MeshAddress address) {
        List<String> names = new ArrayList<>();
        names.add(address.resourceName());
        switch (address) {
            case Workload workload ->
                    workload.addresses()
                            .forEach(
                                    ip ->
                                            names.add(
                                                    new NetworkAddress(workload.network(), ip)
                                                            .toString()));
            case MeshService service -> {
                names.add(anyNamespace(service.hostname()));
                service.vips().forEach(vip -> names.add(vip.toString()));
            }
        }
        return names;
    }

    /** A host name in whichever namespace; an istiod that does not know the form has none of it. */
    public static String anyNamespace(String hostname) {
        return "*/" + hostname;
    }

    /** Of a waypoint or gateway. */
    static String of(WaypointRef ref) {
        return switch (ref) {
            case WaypointRef.ByHostname named -> named.name().toString();
            case WaypointRef.ByAddress at -> at.address().toString();
        };
    }

    /**
     * The names that could answer a host name.
     *
     * @param serviceDomain {@code svc.<cluster domain>}: below it the namespace is in the name
     */
    public static List<String> ofHostnames(
            List<String> hostnames, String serviceDomain, String clientNamespace) {
        List<String> names = new ArrayList<>(hostnames.size() * 2);
        String suffix = "." + serviceDomain;
        for (String hostname : hostnames) {
            if (hostname.endsWith(suffix)) {
                String rest = hostname.substring(0, hostname.length() - suffix.length());
                int dot = rest.lastIndexOf('.');
                if (dot > 0) {
                    names.add(rest.substring(dot + 1) + "/" + hostname);
                }
            } else {
                names.add(clientNamespace + "/" + hostname);
                names.add(anyNamespace(hostname));
            }
        }
        return names;
    }
}
