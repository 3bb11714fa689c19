package dev.ambit.istiod.resource;

import dev.ambit.api.IpAddress;
import dev.ambit.istiod.resource.Pod.ContainerPort;
import dev.ambit.istiod.resource.Pod.Controller;
import dev.ambit.istiod.resource.Pod.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pod: what the kubelet and the scheduler say about it, and its ports. */
final class PodReader {
    private static final Map<String, Phase> PHASES =
            Map.of(
                    "Pending", Phase.PENDING,
                    "Running", Phase.RUNNING,
                    "Succeeded", Phase.SUCCEEDED,
                    "Failed", Phase.FAILED,
                    "Unknown", Phase.UNKNOWN);

    private PodReader() {}

    static MeshObject read(Meta meta, Fields pod) {
        Fields spec = pod.object("spec");
        Fields status = pod.object("status");
        String account = spec.text("serviceAccountName", spec.text("serviceAccount", ""));
        return new Pod(
                meta,
                pod.object("metadata").text("uid", ""),
                account.isEmpty() ? "default" : account,
                spec.text("nodeName", ""),
                spec.flag("hostNetwork"),
                status.choice("phase", Phase.PENDING, PHASES),
                ready(status),
                ips(status),
                containerPorts(spec),
                controller(pod.object("metadata")));
    }

    private static boolean ready(Fields status) {
        for (Fields condition : status.objects("conditions")) {
            if (condition.text("type", "").equals("Ready")) {
                return condition.text("status", "").equals("True");
            }
        }
        return false;
    }

    private static List<IpAddress> ips(Fields status) {
        List<IpAddress> ips = new ArrayList<>();
        for (Fields entry : status.objects("podIPs")) {
            IpAddress ip = entry.parsedText("ip", IpAddress::parse);
            if (ip != null) {
                ips.add(ip);
            }
        }
        IpAddress first = status.parsedText("podIP", IpAddress::parse);
        if (first != null && !ips.contains(first)) {
            ips.addFirst(first);
        }
        return ips;
    }

    /** An init container that restarts always is a sidecar: it runs as long as the others. */
    private static List<ContainerPort> containerPorts(Fields spec) {
        List<Fields> containers = new ArrayList<>(spec.objects("containers"));
        for (Fields init : spec.objects("initContainers")) {
            if (init.text("restartPolicy", "").equals("Always")) {
                containers.add(init);
            }
        }
        List<ContainerPort> ports = new ArrayList<>();
        for (Fields container : containers) {
            for (Fields port : container.objects("ports")) {
                ports.add(new ContainerPort(port.text("name", ""), port.port("containerPort")));
            }
        }
        return ports;
    }

    private static @Nullable Controller controller(Fields metadata) {
        for (Fields owner : metadata.objects("ownerReferences")) {
            if (owner.flag("controller")) {
                return new Controller(owner.text("kind", ""), owner.text("name", ""));
            }
        }
        return null;
    }
}
