package dev.ambit.demo.cluster;

import dev.ambit.demo.bed.Node;
import dev.ambit.demo.cluster.Desired.ServiceObject;
import dev.ambit.demo.cluster.Desired.ServicePort;
import dev.ambit.demo.cluster.PodLife.Phase;
import dev.ambit.demo.manifest.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what an API server would know beyond the manifests: nodes, pods, service addresses, and of
 * each waypoint its account, Service and the status of its Gateway. Owned by the cluster's thread.
 */
final class Overlay {

    private final RuntimeDirectory files;
    private final Map<String, String> written = new HashMap<>();

    Overlay(RuntimeDirectory files) {
        this.files = files;
    }

    void write(List<Node> nodes, List<PodLife> pods, Desired desired, ServiceAddresses addresses) {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Node n : nodes) {
            objects.add(node(n));
        }
        put("nodes.yaml", objects);

        objects = new ArrayList<>();
        for (PodLife p : pods) {
            objects.add(pod(p));
        }
        put("pods.yaml", objects);

        objects = new ArrayList<>();
        for (ServiceObject s : desired.services()) {
            objects.add(service(s, addresses.of(s)));
        }
        put("services.yaml", objects);

        objects = new ArrayList<>();
        for (PodTemplate t : desired.templates()) {
            if (t.gateway().isPresent()) {
                objects.add(account(t));
                objects.add(gateway(t, pods, desired, addresses));
            }
        }
        if (!objects.isEmpty()) {
            objects.add(gatewayClass());
        }
        put("gateways.yaml", objects);
    }

    private void put(String name, List<Map<String, Object>> objects) {
        String content = Yaml.print(objects);
        if (!content.equals(written.get(name))) {
            try {
                Yaml.write(files.overlay().resolve(name), content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            written.put(name, content);
        }
    }

    private static Map<String, Object> node(Node n) {
        Map<String, Object> object = object("v1", "Node", "", n.name());
        metadata(object).put("labels", Map.of("kubernetes.io/hostname", n.name()));
        object.put("spec", Map.of("podCIDR", n.podCidr()));
        object.put(
                "status",
                Map.of("addresses", List.of(Map.of("type", "InternalIP", "address", n.address()))));
        return object;
    }

    private static Map<String, Object> pod(PodLife pod) {
        PodTemplate t = pod.template();
        Map<String, Object> object = object("v1", "Pod", t.namespace(), pod.name());
        Map<String, Object> metadata = metadata(object);
        metadata.put("uid", pod.uid());
        metadata.put("creationTimestamp", pod.created().toString());
        metadata.put("labels", t.labels());
        Map<String, Object> annotations = new LinkedHashMap<>(t.annotations());
        annotations.put("ambit.dev/netns", pod.place().netns().toString());
        metadata.put("annotations", annotations);
        if (!pod.wanted()) {
            metadata.put("deletionTimestamp", pod.created().toString());
        }
        metadata.put(
                "ownerReferences",
                List.of(
                        ordered(
                                "apiVersion",
                                "apps/v1",
                                "kind",
                                "ReplicaSet",
                                "name",
                                t.owner() + "-" + t.hash(),
                                "controller",
                                true)));
        List<Object> ports = new ArrayList<>();
        for (PodTemplate.Port p : t.container().ports()) {
            ports.add(
                    p.name().isEmpty()
                            ? ordered("containerPort", p.number())
                            : ordered("name", p.name(), "containerPort", p.number()));
        }
        object.put(
                "spec",
                ordered(
                        "nodeName", pod.place().node().name(),
                        "serviceAccountName", t.serviceAccount(),
                        "containers",
                                List.of(
                                        ordered(
                                                "name", t.container().name(),
                                                "image", t.container().image(),
                                                "ports", ports))));
        boolean runs = pod.phase() != Phase.SANDBOX;
        object.put(
                "status",
                ordered(
                        "phase", runs ? "Running" : "Pending",
                        "podIP", pod.place().address(),
                        "podIPs", List.of(Map.of("ip", pod.place().address())),
                        "hostIP", pod.place().node().address(),
                        "conditions",
                                List.of(ordered("type", "Ready", "status", truth(pod.ready())))));
        return object;
    }

    private static Map<String, Object> service(ServiceObject s, String address) {
        Map<String, Object> object = object("v1", "Service", s.namespace(), s.name());
        Map<String, Object> spec = new LinkedHashMap<>();
        if (!address.isEmpty()) {
            spec.put("clusterIP", address);
            spec.put("clusterIPs", List.of(address));
        }
        if (s.selector().containsKey(PodTemplate.GATEWAY_LABEL)) {
            // A waypoint's: no manifest has it.
            spec.put("selector", s.selector());
            List<Object> ports = new ArrayList<>();
            for (ServicePort p : s.ports()) {
                ports.add(ordered("name", p.name(), "port", p.port(), "targetPort", p.port()));
            }
            spec.put("ports", ports);
            metadata(object).put("labels", s.selector());
        }
        object.put("spec", spec);
        return object;
    }

    private static Map<String, Object> account(PodTemplate t) {
        return object("v1", "ServiceAccount", t.namespace(), t.serviceAccount());
    }

    private static Map<String, Object> gateway(
            PodTemplate t, List<PodLife> pods, Desired desired, ServiceAddresses addresses) {
        boolean ready =
                pods.stream()
                        .anyMatch(p -> p.ready() && p.template().fullOwner().equals(t.fullOwner()));
        String address =
                desired.services().stream()
                        .filter(s -> s.namespace().equals(t.namespace()))
                        .filter(s -> s.name().equals(t.owner()))
                        .map(addresses::of)
                        .findFirst()
                        .orElse("");
        Map<String, Object> object =
                object("gateway.networking.k8s.io/v1", "Gateway", t.namespace(), t.owner());
        String host = t.owner() + "." + t.namespace() + ".svc.cluster.local";
        object.put(
                "status",
                ordered(
                        "addresses",
                                List.of(
                                        ordered("type", "Hostname", "value", host),
                                        ordered("type", "IPAddress", "value", address)),
                        "conditions",
                                List.of(
                                        ordered("type", "Accepted", "status", "True"),
                                        ordered("type", "Programmed", "status", truth(ready)))));
        return object;
    }

    private static Map<String, Object> gatewayClass() {
        Map<String, Object> object =
                object("gateway.networking.k8s.io/v1", "GatewayClass", "", Desired.WAYPOINT_CLASS);
        object.put("spec", Map.of("controllerName", "istio.io/mesh-controller"));
        return object;
    }

    private static Map<String, Object> object(
            String version, String kind, String namespace, String name) {
        Map<String, Object> metadata = ordered("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        return ordered("apiVersion", version, "kind", kind, "metadata", metadata);
    }

    @SuppressWarnings("unchecked") // Made by object() above.
    private static Map<String, Object> metadata(Map<String, Object> object) {
        return (Map<String, Object>) object.getOrDefault("metadata", Map.of());
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
        }
        return map;
    }

    private static String truth(boolean value) {
        return value ? "True" : "False";
    }
}
