package dev.ambit.istiod.kube;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;

/**
 * A kind as API servers serve it.
 *
 * @param group "" for the core group
 * @param versions those whose form the readers know, the preferred one first
 * @param builtIn whether every API server has it; the others come with their definition
 */
record ApiKind(
        String group,
        String kind,
        String plural,
        boolean namespaced,
        List<String> versions,
        boolean builtIn) {

    private static final String DISCOVERY = "discovery.k8s.io";
    private static final String GATEWAY_API = "gateway.networking.k8s.io";
    private static final String SECURITY = "security.istio.io";
    private static final String NETWORKING = "networking.istio.io";
    private static final String TELEMETRY = "telemetry.istio.io";

    /**
     * Everything {@code ResourceReader} has an answer to: the kinds it reads, and those it refuses
     * by name rather than passing them over in silence.
     */
    static final List<ApiKind> ALL =
            List.of(
                    new ApiKind("", "Namespace", "namespaces", false, List.of("v1"), true),
                    new ApiKind("", "Node", "nodes", false, List.of("v1"), true),
                    new ApiKind("", "ServiceAccount", "serviceaccounts", true, List.of("v1"), true),
                    new ApiKind("", "Pod", "pods", true, List.of("v1"), true),
                    new ApiKind("", "Service", "services", true, List.of("v1"), true),
                    new ApiKind(
                            DISCOVERY,
                            "EndpointSlice",
                            "endpointslices",
                            true,
                            List.of("v1"),
                            true),
                    new ApiKind(
                            GATEWAY_API,
                            "GatewayClass",
                            "gatewayclasses",
                            false,
                            List.of("v1", "v1beta1"),
                            false),
                    custom(GATEWAY_API, "Gateway", "gateways", "v1", "v1beta1"),
                    custom(GATEWAY_API, "HTTPRoute", "httproutes", "v1", "v1beta1"),
                    custom(GATEWAY_API, "GRPCRoute", "grpcroutes", "v1", "v1alpha2"),
                    custom(GATEWAY_API, "TCPRoute", "tcproutes", "v1", "v1alpha2"),
                    custom(GATEWAY_API, "TLSRoute", "tlsroutes", "v1", "v1alpha3", "v1alpha2"),
                    custom(
                            SECURITY,
                            "AuthorizationPolicy",
                            "authorizationpolicies",
                            "v1",
                            "v1beta1"),
                    custom(SECURITY, "PeerAuthentication", "peerauthentications", "v1", "v1beta1"),
                    custom(
                            SECURITY,
                            "RequestAuthentication",
                            "requestauthentications",
                            "v1",
                            "v1beta1"),
                    custom(TELEMETRY, "Telemetry", "telemetries", "v1", "v1alpha1"),
                    networking("ServiceEntry", "serviceentries"),
                    networking("WorkloadEntry", "workloadentries"),
                    networking("VirtualService", "virtualservices"),
                    networking("DestinationRule", "destinationrules"),
                    networking("Sidecar", "sidecars"),
                    custom(NETWORKING, "EnvoyFilter", "envoyfilters", "v1", "v1alpha3"));

    /** What defines the kinds that are not built in. */
    static final ApiKind DEFINITIONS =
            new ApiKind(
                    "apiextensions.k8s.io",
                    "CustomResourceDefinition",
                    "customresourcedefinitions",
                    false,
                    List.of("v1"),
                    true);

    private static ApiKind custom(String group, String kind, String plural, String... versions) {
        return new ApiKind(group, kind, plural, true, List.of(versions), false);
    }

    private static ApiKind networking(String kind, String plural) {
        return custom(NETWORKING, kind, plural, "v1", "v1beta1", "v1alpha3");
    }

    /** The name of its definition, for kinds that have one. */
    String definition() {
        return plural + "." + group;
    }

    ResourceDefinitionContext in(String version) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build();
    }

    /** {@code pods}, {@code gateways.gateway.networking.k8s.io}, as kubectl names them. */
    @Override
    public String toString() {
        return group.isEmpty() ? plural : definition();
    }
}
