package dev.ambit.istiod.ambient;

import dev.ambit.api.IpAddress;
import dev.ambit.api.NamespacedHostname;
import dev.ambit.api.NetworkAddress;

/** A small shop as its cluster has it: a pod on a node, its service, a waypoint. */
final class AmbientYaml {

    static final String UID = "Kubernetes//Pod/shop/reviews-1";
    static final NamespacedHostname REVIEWS =
            new NamespacedHostname("shop", "reviews.shop.svc.cluster.local");

    static final String SHOP =
            """
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            """;
    static final String NODE =
            """
            ---
            apiVersion: v1
            kind: Node
            metadata:
              name: n1
              labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: z,
                       topology.istio.io/subzone: s}
            """;
    static final String POD =
            """
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: reviews-1
              namespace: shop
              labels: {app: reviews, version: v1, pod-template-hash: abc}
              annotations: {ambient.istio.io/redirection: enabled}
              ownerReferences: [{controller: true, kind: ReplicaSet, name: reviews-v1-abc}]
            spec:
              nodeName: n1
              serviceAccountName: bookinfo-reviews
              containers: [{name: c, ports: [{name: web, containerPort: 9080}]}]
            status:
              phase: Running
              podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]
              conditions: [{type: Ready, status: "True"}]
            """;
    static final String SERVICE =
            """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec:
              clusterIPs: [10.96.0.1, "fd00:96::1"]
              ipFamilies: [IPv4, IPv6]
              selector: {app: reviews}
              ports:
              - {name: http, port: 80, targetPort: web}
              - {name: grpc-x, port: 90, targetPort: 9091}
              - {name: gone, port: 91, targetPort: nowhere}
              - {name: dns, port: 53, protocol: UDP}
            """;
    static final String WAYPOINT =
            """
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: waypoint, namespace: shop}
            spec:
              gatewayClassName: istio-waypoint
              listeners: [{name: mesh, port: 15008, protocol: HBONE}]
            status:
              addresses:
              - {type: IPAddress, value: 10.96.0.9}
              - {type: Hostname, value: waypoint.shop.svc.cluster.local}
            """;

    static NetworkAddress vip(String ip) {
        return new NetworkAddress("", IpAddress.parse(ip));
    }

    private AmbientYaml() {}
}
