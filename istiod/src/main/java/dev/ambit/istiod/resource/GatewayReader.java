package dev.ambit.istiod.resource;

import dev.ambit.istiod.resource.Gateway.Address;
import dev.ambit.istiod.resource.Gateway.AddressType;
import dev.ambit.istiod.resource.Gateway.AllowedRoutes;
import dev.ambit.istiod.resource.Gateway.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gateway and GatewayClass. */
final class GatewayReader {
    private static final Map<String, AddressType> ADDRESS_TYPES =
            Map.of("IPAddress", AddressType.IP, "Hostname", AddressType.HOSTNAME);

    private GatewayReader() {}

    static MeshObject readClass(Meta meta, Fields gatewayClass) {
        return new GatewayClass(meta, gatewayClass.object("spec").required("controllerName"));
    }

    static MeshObject read(Meta meta, Fields gateway) {
        Fields spec = gateway.object("spec");
        List<Listener> listeners = new ArrayList<>();
        for (Fields listener : spec.objects("listeners")) {
            listeners.add(
                    new Listener(
                            listener.required("name"),
                            listener.port("port"),
                            listener.required("protocol"),
                            listener.text("hostname", ""),
                            allowed(listener)));
        }
        List<Address> addresses = new ArrayList<>();
        for (Fields address : gateway.object("status").objects("addresses")) {
            addresses.add(
                    new Address(
                            address.choice("type", AddressType.IP, ADDRESS_TYPES),
                            address.required("value")));
        }
        return new Gateway(meta, spec.required("gatewayClassName"), listeners, addresses);
    }

    private static AllowedRoutes allowed(Fields listener) {
        Fields namespaces = listener.object("allowedRoutes").object("namespaces");
        String from = namespaces.text("from", "Same");
        return switch (from) {
            case "Same" -> new AllowedRoutes.Same();
            case "All" -> new AllowedRoutes.All();
            case "None" -> new AllowedRoutes.None();
            case "Selector" -> {
                if (!namespaces.has("selector")) {
                    namespaces.missing("selector");
                }
                yield new AllowedRoutes.Selected(
                        SelectorReader.labelSelector(namespaces.object("selector")));
            }
            default -> {
                namespaces.invalid("from", "one of Same, All, Selector, None");
                yield new AllowedRoutes.None();
            }
        };
    }
}
