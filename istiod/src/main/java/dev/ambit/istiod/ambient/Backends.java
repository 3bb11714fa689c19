package dev.ambit.istiod.ambient;

import dev.ambit.api.NamespacedHostname;
import dev.ambit.istiod.ambient.ServiceBackend.BackendPort;
import dev.ambit.istiod.live.Reads;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.Service;
import dev.ambit.istiod.resource.Service.TargetPort;
import dev.ambit.istiod.resource.ServiceEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Service and ServiceEntry to {@link ServiceBackend}. */
final class Backends {
    private final MeshInputs inputs;
    private final MeshSettings settings;

    Backends(MeshInputs inputs, MeshSettings settings) {
        this.inputs = inputs;
        this.settings = settings;
    }

    @Nullable ServiceBackend ofService(ObjectName name, Reads reads) {
        Service service = reads.get(inputs.services, name);
        if (service == null || service.externalName()) {
            return null;
        }
        List<BackendPort> ports = new ArrayList<>();
        for (Service.Port p : service.ports()) {
            ports.add(
                    switch (p.target()) {
                        case TargetPort.Numbered n ->
                                new BackendPort(p.name(), p.port(), n.port(), "");
                        case TargetPort.Named n -> new BackendPort(p.name(), p.port(), 0, n.name());
                    });
        }
        return new ServiceBackend(
                List.of(
                        new NamespacedHostname(
                                name.namespace(),
                                settings.hostname(name.name(), name.namespace()))),
                service.selector().isEmpty() ? null : service.selector(),
                ports);
    }

    @Nullable ServiceBackend ofEntry(ObjectName name, Reads reads) {
        ServiceEntry entry = reads.get(inputs.serviceEntries, name);
        if (entry == null) {
            return null;
        }
        List<BackendPort> ports = new ArrayList<>();
        for (ServiceEntry.Port p : entry.ports()) {
            int target = p.targetPort() == 0 ? p.number() : p.targetPort();
            ports.add(new BackendPort(p.name(), p.number(), target, ""));
        }
        // An empty selector would mean every pod of the namespace; nobody writes it to mean that.
        boolean selects = entry.selector() != null && !entry.selector().isEmpty();
        return new ServiceBackend(
                entry.hosts().stream()
                        .map(h -> new NamespacedHostname(name.namespace(), h))
                        .toList(),
                selects ? entry.selector() : null,
                ports);
    }
}
