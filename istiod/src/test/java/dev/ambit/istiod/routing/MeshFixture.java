package dev.ambit.istiod.routing;

import dev.ambit.istiod.ambient.AmbientTables;
import dev.ambit.istiod.ambient.MeshInputs;
import dev.ambit.istiod.ambient.MeshSettings;
import dev.ambit.istiod.live.TableGraph;
import dev.ambit.istiod.resource.MeshObject;
import dev.ambit.istiod.resource.ObjectId;
import dev.ambit.istiod.resource.ObjectName;
import dev.ambit.istiod.resource.RawObject;
import dev.ambit.istiod.resource.Reading;
import dev.ambit.istiod.resource.ResourceReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A mesh of objects as users write them. Confined to the test's thread. */
final class MeshFixture {

    private static final Map<String, String> GROUPS =
            Map.of(
                    "Gateway", "gateway.networking.k8s.io",
                    "HTTPRoute", "gateway.networking.k8s.io",
                    "AuthorizationPolicy", "security.istio.io",
                    "ServiceEntry", "networking.istio.io",
                    "Service", "");

    private final TableGraph graph =
            new TableGraph(
                    (table, key, cause) -> {
                        throw new AssertionError(table + " " + key, cause);
                    });
    private final MeshInputs inputs = new MeshInputs(graph);
    private final AmbientTables ambient = new AmbientTables(graph, inputs, MeshSettings.DEFAULT);
    private final RoutingTables tables =
            new RoutingTables(graph, inputs, MeshSettings.DEFAULT, ambient);
    private final Map<ObjectId, MeshObject> objects = new HashMap<>();

    RoutingTables tables() {
        return tables;
    }

    /** Objects in YAML; the group follows from the kind. */
    void apply(String... documents) {
        for (String document : documents) {
            RawObject raw = raw(document);
            switch (ResourceReader.read(raw)) {
                case Reading.Taken taken -> {
                    inputs.put(taken.object());
                    objects.put(raw.id(), taken.object());
                }
                case Reading.Refused refused -> throw new AssertionError(refused.problems());
                case Reading.NotOurs other -> throw new AssertionError(document);
            }
        }
        graph.settle();
    }

    /** A waypoint, a service that goes through it, two that do not. */
    MeshFixture shop() {
        apply(
                """
                kind: Gateway
                metadata: {name: wp, namespace: shop}
                spec:
                  gatewayClassName: istio-waypoint
                  listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                status: {addresses: [{type: Hostname, value: wp.shop.svc.cluster.local}]}
                """,
                """
                kind: Service
                metadata: {name: reviews, namespace: shop, labels: {istio.io/use-waypoint: wp}}
                spec:
                  clusterIP: 10.1.0.1
                  ports: [{name: http, port: 80, targetPort: 8080}, {name: db, port: 81}]
                """,
                """
                kind: Service
                metadata: {name: reviews-v2, namespace: shop}
                spec: {clusterIP: 10.1.0.2, ports: [{name: grpc-api, port: 80, targetPort: web}]}
                """,
                """
                kind: Service
                metadata: {name: ratings, namespace: other}
                spec: {clusterIP: 10.1.0.3, ports: [{port: 80}]}
                """);
        return this;
    }

    void remove(String kind, String namespace, String name) {
        ObjectId id =
                new ObjectId(
                        Objects.requireNonNull(GROUPS.get(kind)),
                        kind,
                        new ObjectName(namespace, name));
        inputs.remove(Objects.requireNonNull(objects.remove(id)));
        graph.settle();
    }

    @SuppressWarnings("unchecked")
    private static RawObject raw(String document) {
        Map<String, Object> content =
                (Map<String, Object>)
                        new Load(LoadSettings.builder().build()).loadFromString(document);
        Map<String, Object> meta =
                (Map<String, Object>) Objects.requireNonNull(content.get("metadata"));
        String kind = String.valueOf(content.get("kind"));
        ObjectName name =
                new ObjectName(
                        String.valueOf(meta.get("namespace")), String.valueOf(meta.get("name")));
        ObjectId id = new ObjectId(Objects.requireNonNull(GROUPS.get(kind)), kind, name);
        return new RawObject(id, content, path -> "test " + path);
    }
}
