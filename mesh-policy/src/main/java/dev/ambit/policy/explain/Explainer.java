package dev.ambit.policy.explain;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.NetworkAddress;
import dev.ambit.api.workload.MeshService;
import dev.ambit.api.workload.TunnelProtocol;
import dev.ambit.api.workload.Workload;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.Decision;
import dev.ambit.policy.explain.Explanation.Judgement;
import dev.ambit.policy.explain.Explanation.Path;
import dev.ambit.policy.explain.Explanation.Step;
import dev.ambit.policy.l4.EndpointPicker;
import dev.ambit.policy.l4.Hop;
import dev.ambit.policy.l4.InboundRoute;
import dev.ambit.policy.l4.InboundRouter;
import dev.ambit.policy.l4.OutboundRoute;
import dev.ambit.policy.l4.OutboundRouter;
import dev.ambit.policy.l4.Selection;
import dev.ambit.policy.state.Endpoint;
import dev.ambit.policy.state.MeshView;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What would become of a connection and why: the routers and the authorizer of the data path are
 * asked, and their answers put into words. Where an endpoint is chosen at random, so it is here.
 * Pure.
 */
public final class Explainer {

    private final String network;
    private final OutboundRouter outbound;
    private final InboundRouter inbound;
    private final Egress egress;

    /** What a pod may reach outside the mesh. */
    @FunctionalInterface
    public interface Egress {
        /** Why the address, which the mesh does not know, is refused; null if it is not. */
        @Nullable String refusal(Workload client, IpAddress target);
    }

    /** Of a node whose pods may reach whatever the mesh does not know. */
    public Explainer(String network, Set<Integer> illegalPorts) {
        this(network, illegalPorts, (client, target) -> null);
    }

    /**
     * @param network this node's network
     * @param illegalPorts ports the proxy itself listens on
     * @param egress asked about what is passed through
     */
    public Explainer(String network, Set<Integer> illegalPorts, Egress egress) {
        this.egress = egress;
        this.network = network;
        this.outbound = new OutboundRouter(network, illegalPorts);
        this.inbound = new InboundRouter(network, illegalPorts);
    }

    public Explanation explain(Question question, MeshView mesh, RandomGenerator random) {
        Workload client = question.client();
        return question.plaintext() || client == null
                ? plaintext(question, mesh)
                : new Captured(question, client, mesh, random).explain();
    }

    private Explanation plaintext(Question question, MeshView mesh) {
        IpPort to = question.destination();
        Workload workload = mesh.workload(new NetworkAddress(network, to.address()));
        String why =
                question.client() == null
                        ? "the client is no workload of the mesh: it connects in plain text"
                        : "the client is not captured: it connects in plain text";
        if (workload == null) {
            Path path = new Path("unknown", why, null, 0, List.of());
            return new Explanation(
                    question,
                    path,
                    List.of(),
                    true,
                    to + " is no workload: whoever forwards it there chooses, without the mesh");
        }
        Step step =
                new Step("plain TCP to the pod", to.toString(), null, List.of(), workload.uid());
        Path path = new Path("plaintext", why, null, 1, List.of(step));
        if (workload.tunnelProtocol() != TunnelProtocol.HBONE) {
            return new Explanation(
                    question,
                    path,
                    List.of(),
                    true,
                    "the pod is not captured: nobody asks policies");
        }
        return judged(
                question,
                path,
                Judge.judge(new ConnectionFacts(null, question.source(), to), workload, mesh));
    }

    private static Explanation judged(Question question, Path path, Judgement judgement) {
        String rule = judgement.rule() == 0 ? "" : ", rule " + judgement.rule();
        return switch (judgement.decision()) {
            case Decision.Allowed allowed ->
                    new Explanation(
                            question,
                            path,
                            List.of(judgement),
                            true,
                            allowed.policy() == null
                                    ? "allowed: no policy denies it, and none has to allow it"
                                    : "allowed by " + allowed.policy() + rule);
            case Decision.Denied denied ->
                    new Explanation(
                            question,
                            path,
                            List.of(judgement),
                            false,
                            "denied: " + denied.reason() + rule);
        };
    }

    /** A connection that our outbound path carries. */
    private final class Captured {
        private final Question question;
        private final Workload client;
        private final MeshView mesh;
        private final RandomGenerator random;

        Captured(Question question, Workload client, MeshView mesh, RandomGenerator random) {
            this.question = question;
            this.client = client;
            this.mesh = mesh;
            this.random = random;
        }

        Explanation explain() {
            OutboundRoute route = outbound.route(client, question.destination(), mesh, random);
            return switch (route) {
                case OutboundRoute.Passthrough r -> passthrough(r);
                case OutboundRoute.Direct r ->
                        unjudged(
                                path(
                                        "direct",
                                        "the workload takes no tunnel",
                                        r.service(),
                                        new Step(
                                                "plain TCP to the workload",
                                                r.hop().toString(),
                                                null,
                                                List.of(),
                                                r.upstream().uid())),
                                "carried in plain text: the workload is not captured, nobody asks"
                                        + " policies");
                case OutboundRoute.Tunnel r -> tunnel(r);
                case OutboundRoute.ViaWaypoint r -> viaWaypoint(r);
                case OutboundRoute.ViaGateway r -> viaGateway(r);
                case OutboundRoute.Refused r ->
                        new Explanation(
                                question,
                                new Path("refused", r.kind().name(), null, 0, List.of()),
                                List.of(),
                                false,
                                "refused: " + r.reason());
            };
        }

        private Path path(
                String kind, String reason, @Nullable MeshService service, Step... steps) {
            return new Path(
                    kind,
                    reason,
                    service == null ? null : service.key().toString(),
                    service == null ? 0 : mesh.endpoints(service.key()).size(),
                    List.of(steps));
        }

        private Explanation unjudged(Path path, String verdict) {
            return new Explanation(question, path, List.of(), true, verdict);
        }

        private Explanation passthrough(OutboundRoute.Passthrough r) {
            Path path =
                    path(
                            "passthrough",
                            r.service() == null
                                    ? "the mesh does not know the address"
                                    : "the service asks for it",
                            r.service(),
                            new Step(
                                    "plain TCP to where the application wanted",
                                    r.target().toString(),
                                    null,
                                    List.of(),
                                    null));
            String refusal =
                    r.service() == null
                            ? egress.refusal(client, question.destination().address())
                            : null;
            return refusal == null
                    ? unjudged(path, "carried as it is: nobody of the mesh asks policies")
                    : new Explanation(question, path, List.of(), false, "refused: " + refusal);
        }

        private Explanation tunnel(OutboundRoute.Tunnel r) {
            Path path =
                    path(
                            "tunnel",
                            r.service() == null
                                    ? "the address is a workload's that takes tunnels"
                                    : "an endpoint of the service, which takes tunnels",
                            r.service(),
                            new Step(
                                    "HBONE to the workload's node proxy",
                                    r.hop().toString(),
                                    r.authority(),
                                    r.expected(),
                                    r.upstream().uid()));
            return arrive(path, r.hop(), r.authority(), r.upstream(), client);
        }

        /** The far node proxy: where the CONNECT goes, and whether it may. */
        private Explanation arrive(
                Path path, Hop hop, String authority, Workload server, Workload peer) {
            if (!(hop instanceof Hop.At at)) {
                return unjudged(
                        path, "carried: the address is found by DNS, which is not asked here");
            }
            InboundRoute accepted = inbound.route(server, at.target(), authority, mesh);
            return switch (accepted) {
                case InboundRoute.Refused refused ->
                        new Explanation(
                                question,
                                path,
                                List.of(),
                                false,
                                "refused by the far node proxy: "
                                        + refused.status()
                                        + " "
                                        + refused.reason());
                case InboundRoute.Accept accept ->
                        judged(
                                question,
                                path,
                                Judge.judge(facts(peer, accept.target()), server, mesh));
            };
        }

        /** What the far node proxy sees of who connects to it. */
        private ConnectionFacts facts(Workload peer, IpPort target) {
            boolean self = peer.uid().equals(client.uid());
            SpiffeId identity = self ? question.identity() : peer.identity();
            IpPort from =
                    self || peer.addresses().isEmpty()
                            ? question.source()
                            : new IpPort(peer.addresses().getFirst(), 0);
            return new ConnectionFacts(identity, from, target);
        }

        private Explanation viaGateway(OutboundRoute.ViaGateway r) {
            return unjudged(
                    path(
                            "gateway",
                            "what was chosen is in network \"" + r.upstream().network() + "\"",
                            r.service(),
                            new Step(
                                    "HBONE to the network's gateway",
                                    r.hop().toString(),
                                    r.authority(),
                                    r.outer(),
                                    r.gateway().uid()),
                            new Step(
                                    "HBONE within it, to the far end",
                                    r.authority(),
                                    r.authority(),
                                    r.inner(),
                                    r.upstream().uid())),
                    "carried to another network, which judges it by its own policies");
        }

        private Explanation viaWaypoint(OutboundRoute.ViaWaypoint r) {
            Step toWaypoint =
                    new Step(
                            "HBONE to the waypoint",
                            r.hop().toString(),
                            r.authority(),
                            r.expected(),
                            r.waypoint().uid());
            String reason =
                    r.service() == null
                            ? "the workload has a waypoint"
                            : "the service has a waypoint";
            Workload server = behind(r);
            if (server == null) {
                return unjudged(
                        path("waypoint", reason, r.service(), toWaypoint),
                        "carried to the waypoint, which judges it by its own policies; it has no"
                                + " endpoint to choose for now");
            }
            IpPort target = behindAt(r, server);
            Step behind =
                    new Step(
                            server.tunnelProtocol() == TunnelProtocol.HBONE
                                    ? "HBONE from the waypoint"
                                    : "plain TCP from the waypoint",
                            target.toString(),
                            null,
                            List.of(server.identity()),
                            server.uid());
            Path path = path("waypoint", reason, r.service(), toWaypoint, behind);
            return server.tunnelProtocol() == TunnelProtocol.HBONE
                    ? judged(question, path, Judge.judge(facts(r.waypoint(), target), server, mesh))
                    : unjudged(
                            path, "carried to the waypoint, which judges it by its own policies");
        }

        /** Whom the waypoint would reach, as far as it chooses as we do. */
        private @Nullable Workload behind(OutboundRoute.ViaWaypoint r) {
            MeshService service = r.service();
            if (service == null) {
                return mesh.workload(new NetworkAddress(network, question.destination().address()));
            }
            Endpoint endpoint = endpoint(r.waypoint(), service);
            return endpoint == null ? null : endpoint.workload();
        }

        private @Nullable Endpoint endpoint(Workload from, MeshService service) {
            return EndpointPicker.pick(
                    from,
                    service,
                    question.destination().port(),
                    EndpointPicker.Purpose.SERVICE,
                    mesh,
                    Selection.ofAll(random));
        }

        private IpPort behindAt(OutboundRoute.ViaWaypoint r, Workload server) {
            MeshService service = r.service();
            int port = question.destination().port();
            if (service == null || server.addresses().isEmpty()) {
                return question.destination();
            }
            for (Endpoint endpoint : mesh.endpoints(service.key())) {
                if (endpoint.workload().uid().equals(server.uid())) {
                    port =
                            EndpointPicker.targetPort(
                                    endpoint, service, port, EndpointPicker.Purpose.SERVICE);
                }
            }
            return new IpPort(server.addresses().getFirst(), port);
        }
    }
}
