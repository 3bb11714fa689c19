package dev.ambit.tests.architecture;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The plan of the house, as docs/ARCHITECTURE.md draws it: which module may use which, and inside a
 * module which package may use which. Changing a wall means changing this file and the map
 * together.
 */
final class Rooms {

    /** Root package of each module. */
    static final Map<String, String> MODULES =
            Map.ofEntries(
                    Map.entry("mesh-runtime", "runtime"),
                    Map.entry("spiffe-identity", "identity"),
                    Map.entry("mesh-api", "api"),
                    Map.entry("mesh-policy", "policy"),
                    Map.entry("hbone", "hbone"),
                    Map.entry("istiod-client", "client"),
                    Map.entry("ztunnel", "ztunnel"),
                    Map.entry("waypoint", "waypoint"),
                    Map.entry("istiod", "istiod"),
                    Map.entry("cni", "cni"),
                    Map.entry("demo", "demo"),
                    Map.entry("perf", "perf"));

    /**
     * The edges between modules by root package, and no others. What is used may be used through.
     */
    static final Map<String, Set<String>> EDGES =
            Map.ofEntries(
                    Map.entry("runtime", Set.of()),
                    Map.entry("identity", Set.of("runtime")),
                    Map.entry("api", Set.of("identity")),
                    Map.entry("policy", Set.of("api", "identity")),
                    Map.entry("hbone", Set.of("identity", "runtime")),
                    Map.entry("client", Set.of("api", "identity", "runtime")),
                    Map.entry(
                            "ztunnel",
                            Set.of("runtime", "identity", "api", "policy", "hbone", "client")),
                    Map.entry(
                            "waypoint",
                            Set.of("runtime", "identity", "api", "policy", "hbone", "client")),
                    Map.entry("istiod", Set.of("api", "policy", "identity", "runtime")),
                    Map.entry("cni", Set.of("api", "runtime", "identity")),
                    Map.entry("demo", Set.of("runtime")),
                    // Not shipped: it measures the libraries by themselves, and ztunnel as a whole.
                    Map.entry(
                            "perf",
                            Set.of(
                                    "runtime",
                                    "identity",
                                    "api",
                                    "policy",
                                    "hbone",
                                    "ztunnel",
                                    "demo")));

    /**
     * Packages of each module from the door inwards. A package uses only packages of later rows;
     * the packages of one row do not know each other. "" is the root package.
     */
    static final Map<String, List<Set<String>>> ORDER =
            Map.ofEntries(
                    Map.entry(
                            "runtime",
                            List.of(
                                    Set.of("testing"),
                                    Set.of("lifecycle"),
                                    Set.of("admin"),
                                    Set.of("net", "metrics", "profile"),
                                    Set.of("config"),
                                    Set.of("linux", "live"),
                                    Set.of("log"),
                                    Set.of(""))),
                    Map.entry(
                            "identity",
                            List.of(
                                    Set.of("testing"),
                                    Set.of("rotation", "ca"),
                                    Set.of("tls"),
                                    Set.of("revocation"),
                                    Set.of("x509"),
                                    Set.of(""))),
                    Map.entry(
                            "api",
                            List.of(
                                    Set.of("testing"),
                                    Set.of("workload", "policy", "waypoint", "manifest"),
                                    Set.of("proto"),
                                    Set.of(""))),
                    Map.entry(
                            "policy",
                            List.of(
                                    Set.of("testing"),
                                    Set.of("explain"),
                                    Set.of("l4", "l7", "telemetry", "dns"),
                                    Set.of("state"),
                                    Set.of("match"),
                                    Set.of(""))),
                    Map.entry(
                            "hbone",
                            List.of(
                                    Set.of("testing"),
                                    Set.of("server", "client"),
                                    Set.of("relay", "tunnel"),
                                    Set.of("connection"),
                                    Set.of("frame"),
                                    Set.of(""))),
                    Map.entry(
                            "client",
                            List.of(
                                    Set.of("testing"),
                                    Set.of("ads", "signing"),
                                    Set.of("channel"),
                                    Set.of(""))),
                    Map.entry(
                            "ztunnel",
                            List.of(
                                    Set.of("testing", "training"),
                                    Set.of(""),
                                    Set.of("admin", "handover", "otlp"),
                                    Set.of("inpod"),
                                    Set.of("outbound", "inbound", "dns"),
                                    Set.of("shortcut"),
                                    Set.of("policy"),
                                    Set.of("state", "egress"),
                                    Set.of("socket", "telemetry"))),
                    Map.entry(
                            "cni",
                            List.of(
                                    Set.of(""),
                                    Set.of("reconcile"),
                                    Set.of("redirect", "zds"),
                                    Set.of("enrolment"))),
                    Map.entry(
                            "waypoint",
                            List.of(
                                    Set.of("testing"),
                                    Set.of(""),
                                    Set.of("admin"),
                                    Set.of("ingress"),
                                    Set.of("exchange"),
                                    Set.of("upstream", "filter"),
                                    Set.of("xds"),
                                    Set.of("authn", "authz", "route", "cluster"),
                                    Set.of("failure", "telemetry"))),
                    Map.entry(
                            "istiod",
                            List.of(
                                    Set.of("testing"),
                                    Set.of(""),
                                    Set.of("admin"),
                                    Set.of("gateway", "webhook"),
                                    Set.of("kube", "directory", "xds", "ca", "routing"),
                                    Set.of("ambient"),
                                    Set.of("resource"),
                                    Set.of("live"))),
                    Map.entry(
                            "demo",
                            List.of(
                                    Set.of(""),
                                    Set.of("scenario"),
                                    Set.of("cluster", "measure"),
                                    Set.of("app", "bed", "manifest", "terminal"))),
                    Map.entry(
                            "perf",
                            List.of(
                                    Set.of(""),
                                    Set.of("scene"),
                                    Set.of("bed", "load", "micro", "report"))));

    /** Third parties and the only root packages that may name them. */
    static final Map<String, Set<String>> HOMES =
            Map.of(
                    "io.fabric8", Set.of("istiod", "cni"),
                    "org.bouncycastle", Set.of("identity"),
                    "java.lang.foreign", Set.of("runtime"),
                    "io.opentelemetry", Set.of("ztunnel"),
                    "io.grpc", Set.of("client", "istiod", "waypoint"),
                    "org.openjdk.jmh", Set.of("perf"));

    private Rooms() {}
}
