package dev.ambit.cni.enrolment;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Istio's rule of who belongs to the mesh: not on the host's network, no sidecar, namespace not
 * excluded, and a selector matches. Pure.
 *
 * @param excludedNamespaces never enrolled, whatever their labels
 * @param selectors one that matches is enough
 * @param dnsByDefault whether DNS is captured where the pod does not say
 * @param withoutUdp namespaces whose pods have no UDP but DNS where they do not say
 */
public record Enrolment(
        Set<String> excludedNamespaces,
        List<Selector> selectors,
        boolean dnsByDefault,
        Set<String> withoutUdp) {

    /** UDP is left alone. */
    public Enrolment(
            Set<String> excludedNamespaces, List<Selector> selectors, boolean dnsByDefault) {
        this(excludedNamespaces, selectors, dnsByDefault, Set.of());
    }

    /** What the mesh tells about a pod; written by this agent. */
    public static final String REDIRECTION = "ambient.istio.io/redirection";

    private static final String SIDECAR_STATUS = "sidecar.istio.io/status";
    private static final String BYPASS_INBOUND = "ambient.istio.io/bypass-inbound-capture";
    private static final String DNS_CAPTURE = "ambient.istio.io/dns-capture";
    private static final String BLOCK_UDP = "ambit.dev/block-udp";
    private static final String VIRTUAL_INTERFACES = "istio.io/reroute-virtual-interfaces";

    /** Interface names of Linux; anything else must not reach a rule. */
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9_.:-]{1,15}\\+?");

    public Enrolment {
        excludedNamespaces = Set.copyOf(excludedNamespaces);
        selectors = List.copyOf(selectors);
        withoutUdp = Set.copyOf(withoutUdp);
    }

    /** Whether a pod belongs to the mesh, with the reason for messages. */
    public Verdict decide(PodFacts pod, Map<String, String> namespaceLabels) {
        if (pod.finished()) {
            return new Verdict.Outside("its containers have ended");
        }
        if (pod.hostNetwork()) {
            return new Verdict.Outside("it uses the host's network");
        }
        if (pod.annotations().containsKey(SIDECAR_STATUS)) {
            return new Verdict.Outside("it has a sidecar");
        }
        if (excludedNamespaces.contains(pod.id().namespace())) {
            return new Verdict.Outside("its namespace is excluded");
        }
        boolean selected =
                selectors.stream().anyMatch(s -> s.matches(pod.labels(), namespaceLabels));
        return selected
                ? new Verdict.Enrolled(capture(pod, namespaceLabels))
                : new Verdict.Outside("no selector matches its labels");
    }

    private Capture capture(PodFacts pod, Map<String, String> namespaceLabels) {
        Map<String, String> annotations = pod.annotations();
        boolean bypass = "true".equals(annotations.get(BYPASS_INBOUND));
        String dns = annotations.getOrDefault(DNS_CAPTURE, "");
        List<String> interfaces =
                Arrays.stream(annotations.getOrDefault(VIRTUAL_INTERFACES, "").split(",", -1))
                        .map(String::strip)
                        .filter(i -> INTERFACE.matcher(i).matches())
                        .toList();
        return new Capture(
                !bypass,
                dns.equals("true") || (dnsByDefault && !dns.equals("false")),
                interfaces,
                blockUdp(pod, namespaceLabels));
    }

    /** The pod's own annotation, else the namespace's label, else the agent's list. */
    private boolean blockUdp(PodFacts pod, Map<String, String> namespaceLabels) {
        String byNamespace =
                namespaceLabels.getOrDefault(
                        BLOCK_UDP, String.valueOf(withoutUdp.contains(pod.id().namespace())));
        return pod.annotations().getOrDefault(BLOCK_UDP, byNamespace).equals("true");
    }

    /** The answer. */
    public sealed interface Verdict {
        /** Its traffic is to be captured in this way. */
        record Enrolled(Capture capture) implements Verdict {}

        /** It has nothing to do with the mesh. */
        record Outside(String reason) implements Verdict {}
    }
}
