package dev.ambit.demo.cluster;

import dev.ambit.demo.cluster.PodTemplate.Container;
import dev.ambit.demo.cluster.PodTemplate.Port;
import dev.ambit.demo.cluster.PodTemplate.Readiness;
import dev.ambit.demo.manifest.ObjectKey;
import dev.ambit.demo.manifest.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What the manifests ask for. Pure: the same objects give the same value.
 *
 * @param namespaces labels of each
 */
record Desired(
        List<PodTemplate> templates,
        List<ServiceObject> services,
        Map<String, Map<String, String>> namespaces) {

    static final String WAYPOINT_CLASS = "istio-waypoint";
    static final String APP_IMAGE = "ambit.dev/demo/app";
    static final String WAYPOINT_IMAGE = "ambit.dev/waypoint";
    private static final int HASH_LENGTH = 5;

    /** A Service; {@code clusterIp} as the manifest has it, often empty. */
    record ServiceObject(
            String namespace,
            String name,
            String clusterIp,
            Map<String, String> selector,
            List<ServicePort> ports) {

        boolean headless() {
            return clusterIp.equals("None");
        }
    }

    /** One port of a Service; the target is a number or the name of a container's port. */
    record ServicePort(String name, int port, String target) {}

    /**
     * @param mesh whether there is a mesh; without one a waypoint has nothing to do
     */
    static Desired of(
            Map<ObjectKey, Tree> objects,
            Programs programs,
            boolean mesh,
            Consumer<String> complaints) {
        List<PodTemplate> templates = new ArrayList<>();
        List<ServiceObject> services = new ArrayList<>();
        Map<String, Map<String, String>> namespaces = new TreeMap<>();
        objects.forEach(
                (key, object) -> {
                    switch (key.kind()) {
                        case "Namespace" ->
                                namespaces.put(
                                        key.name(), object.at("metadata", "labels").labels());
                        case "Deployment" ->
                                deployment(key, object, programs, complaints)
                                        .ifPresent(templates::add);
                        case "Service" -> services.add(service(key, object));
                        case "Gateway" -> {
                            if (mesh && isWaypoint(object)) {
                                templates.add(waypoint(key, object, programs));
                                services.add(waypointService(key, object));
                            }
                        }
                        default -> {
                            // For the mesh, not for the cluster.
                        }
                    }
                });
        return new Desired(List.copyOf(templates), List.copyOf(services), namespaces);
    }

    private static boolean isWaypoint(Tree gateway) {
        return gateway.at("spec", "gatewayClassName").text("").equals(WAYPOINT_CLASS);
    }

    private static Optional<PodTemplate> deployment(
            ObjectKey key, Tree object, Programs programs, Consumer<String> complaints) {
        Tree pod = object.at("spec", "template");
        List<Tree> containers = pod.at("spec", "containers").list();
        if (containers.isEmpty()) {
            complaints.accept("AMB1622  " + key + " has no container");
            return Optional.empty();
        }
        Tree container = containers.get(0);
        List<String> command = command(container, programs);
        if (command.isEmpty()) {
            complaints.accept(
                    "AMB1623  %s: there are no images on this machine%n        where  image: %s%n        do     use image %s with args, or give command: a program of this machine"
                            .formatted(key, container.at("image").text(""), APP_IMAGE));
            return Optional.empty();
        }
        Container described =
                new Container(
                        container.at("name").text(key.name()),
                        container.at("image").text(""),
                        command,
                        environment(container),
                        ports(container),
                        readiness(container));
        Tree spec = pod.at("spec");
        Map<String, String> labels = new LinkedHashMap<>(pod.at("metadata", "labels").labels());
        String hash = hash(key, pod);
        labels.put("pod-template-hash", hash);
        return Optional.of(
                new PodTemplate(
                        key.namespace(),
                        key.name(),
                        object.at("spec", "replicas").number(1),
                        hash,
                        spec.at("nodeName")
                                .text(spec.at("nodeSelector", "kubernetes.io/hostname").text("")),
                        spec.at("serviceAccountName").text("default"),
                        labels,
                        pod.at("metadata", "annotations").labels(),
                        described));
    }

    /** Our own image by name; any other container must name a program of this machine. */
    private static List<String> command(Tree container, Programs programs) {
        List<String> command = new ArrayList<>();
        if (container.at("command").present()) {
            command.addAll(container.at("command").texts());
        } else if (container.at("image").text("").split(":", 2)[0].equals(APP_IMAGE)) {
            command.addAll(programs.app());
        }
        if (!command.isEmpty()) {
            command.addAll(container.at("args").texts());
        }
        return command;
    }

    private static Map<String, String> environment(Tree container) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Tree variable : container.at("env").list()) {
            all.put(variable.at("name").text(""), variable.at("value").text(""));
        }
        return all;
    }

    private static List<Port> ports(Tree container) {
        return container.at("ports").list().stream()
                .map(p -> new Port(p.at("name").text(""), p.at("containerPort").number(0)))
                .toList();
    }

    private static Optional<Readiness> readiness(Tree container) {
        Tree probe = container.at("readinessProbe");
        if (probe.at("httpGet").present()) {
            return Optional.of(
                    new Readiness(
                            probe.at("httpGet", "port").number(80),
                            probe.at("httpGet", "path").text("/")));
        }
        return probe.at("tcpSocket").present()
                ? Optional.of(new Readiness(probe.at("tcpSocket", "port").number(80), ""))
                : Optional.empty();
    }

    /** The pod that istiod's deployer would make for a waypoint in a real cluster. */
    private static PodTemplate waypoint(ObjectKey key, Tree gateway, Programs programs) {
        Map<String, String> labels =
                new LinkedHashMap<>(gateway.at("spec", "infrastructure", "labels").labels());
        labels.put(PodTemplate.GATEWAY_LABEL, key.name());
        labels.put("gateway.networking.k8s.io/gateway-class-name", WAYPOINT_CLASS);
        labels.put("gateway.istio.io/managed", "istio.io-mesh-controller");
        labels.put("service.istio.io/canonical-name", key.name());
        labels.put("service.istio.io/canonical-revision", "latest");
        labels.put("sidecar.istio.io/inject", "false");
        labels.put("istio.io/dataplane-mode", "none");
        labels.put("app", key.name());
        return new PodTemplate(
                key.namespace(),
                key.name(),
                1,
                hash(key, gateway.at("spec", "infrastructure")),
                "",
                key.name(),
                labels,
                Map.of(),
                new Container(
                        "istio-proxy",
                        WAYPOINT_IMAGE,
                        programs.process("waypoint"),
                        Map.of(),
                        List.of(new Port("hbone", 15008), new Port("status-port", 15021)),
                        Optional.of(new Readiness(15021, "/healthz/ready"))));
    }

    private static ServiceObject waypointService(ObjectKey key, Tree gateway) {
        List<ServicePort> ports = new ArrayList<>();
        ports.add(new ServicePort("status-port", 15021, "15021"));
        for (Tree listener : gateway.at("spec", "listeners").list()) {
            int port = listener.at("port").number(15008);
            ports.add(
                    new ServicePort(
                            listener.at("name").text("mesh"), port, Integer.toString(port)));
        }
        return new ServiceObject(
                key.namespace(),
                key.name(),
                "",
                Map.of(PodTemplate.GATEWAY_LABEL, key.name()),
                ports);
    }

    private static ServiceObject service(ObjectKey key, Tree object) {
        Tree spec = object.at("spec");
        List<ServicePort> ports = new ArrayList<>();
        for (Tree port : spec.at("ports").list()) {
            int number = port.at("port").number(0);
            ports.add(
                    new ServicePort(
                            port.at("name").text(""),
                            number,
                            port.at("targetPort").text(Integer.toString(number))));
        }
        return new ServiceObject(
                key.namespace(),
                key.name(),
                spec.at("clusterIP").text(""),
                spec.at("selector").labels(),
                ports);
    }

    private static String hash(ObjectKey key, Tree template) {
        String text =
                Integer.toUnsignedString((key + "|" + template.value()).hashCode(), 36) + "00000";
        return text.substring(0, HASH_LENGTH);
    }
}
