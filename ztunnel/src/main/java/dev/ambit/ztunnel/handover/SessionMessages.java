package dev.ambit.ztunnel.handover;

import com.google.protobuf.ByteString;
import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.proto.handover.Address;
import dev.ambit.api.proto.handover.Ends;
import dev.ambit.api.proto.handover.Far;
import dev.ambit.api.proto.handover.Labels;
import dev.ambit.api.proto.handover.Session;
import dev.ambit.api.proto.handover.Way;
import dev.ambit.api.workload.Workload;
import dev.ambit.hbone.relay.Detached;
import dev.ambit.identity.SpiffeId;
import dev.ambit.policy.ConnectionFacts;
import dev.ambit.policy.state.MeshView;
import dev.ambit.ztunnel.policy.Moved;
import dev.ambit.ztunnel.policy.Route;
import dev.ambit.ztunnel.telemetry.Baggage;
import dev.ambit.ztunnel.telemetry.ConnectionRecord;
import dev.ambit.ztunnel.telemetry.Peers;
import dev.ambit.ztunnel.telemetry.Reporter;
import dev.ambit.ztunnel.telemetry.ServiceName;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A moved connection as a message, and back. Workloads go by uid: the receiver has its own records,
 * and one it does not know is logged as unknown.
 */
final class SessionMessages {

    private SessionMessages() {}

    /** Without what is not yet written, which travels in pieces. */
    static Session.Builder write(long id, String pod, Moved moved) {
        return sockets(id, moved.sockets())
                .setPod(pod)
                .setClientFirst(moved.clientFirst())
                .setAgeMicros(moved.before().age().toNanos() / 1000)
                .setWay(way(moved.route(), moved.addressing()))
                .setEnds(ends(moved.peers()));
    }

    /** Of two sockets that nobody's connection belongs to. */
    static Session.Builder sockets(long id, Detached sockets) {
        return Session.newBuilder()
                .setId(id)
                .setFirstToSecond(sockets.firstToSecond())
                .setSecondToFirst(sockets.secondToFirst())
                .setFirstOutputClosed(sockets.first().outputClosed())
                .setSecondOutputClosed(sockets.second().outputClosed());
    }

    /** The other pod's side of one that goes with it. */
    static Far far(String pod, Moved.Far far) {
        return Far.newBuilder()
                .setPod(pod)
                .setAgeMicros(far.before().age().toNanos() / 1000)
                .setWay(way(far.route(), far.addressing()))
                .setEnds(ends(far.peers()))
                .build();
    }

    private static Way way(Route route, ConnectionRecord.Addressing addressing) {
        Way.Builder way =
                Way.newBuilder()
                        .setSource(address(route.source()))
                        .setOriginal(address(route.original()))
                        .setActual(address(route.actual()))
                        .setTunnelled(route.tunnelled());
        InetSocketAddress target = addressing.hboneTarget();
        if (target != null && !target.isUnresolved()) {
            way.setHboneTarget(address(target));
        }
        ConnectionFacts facts = route.facts();
        if (facts != null) {
            way.setFactsSource(address(facts.source().toSocketAddress()))
                    .setFactsDestination(address(facts.destination().toSocketAddress()));
            if (facts.identity() != null) {
                way.setFactsIdentity(facts.identity().toString());
            }
        }
        return way.build();
    }

    private static Ends ends(Peers peers) {
        Ends.Builder ends =
                Ends.newBuilder()
                        .setInbound(peers.reporter() == Reporter.DESTINATION)
                        .setMutualTls(peers.mutualTls());
        if (peers.source() != null) {
            ends.setSourceUid(peers.source().uid());
        }
        if (peers.destination() != null) {
            ends.setDestinationUid(peers.destination().uid());
        }
        Peers.Claim claim = peers.claimed();
        if (claim != null) {
            ends.setClaimed(true);
            if (claim.identity() != null) {
                ends.setClaimedIdentity(claim.identity().toString());
            }
            if (!claim.baggage().equals(Baggage.NONE)) {
                ends.setClaimedLabels(labels(claim.baggage()));
            }
        }
        ServiceName service = peers.service();
        if (service != null) {
            ends.setServiceHostname(service.hostname())
                    .setServiceName(service.name())
                    .setServiceNamespace(service.namespace());
        }
        return ends.build();
    }

    private static Labels labels(Baggage baggage) {
        return Labels.newBuilder()
                .setCluster(orEmpty(baggage.cluster()))
                .setNamespace(orEmpty(baggage.namespace()))
                .setWorkload(orEmpty(baggage.workload()))
                .setService(orEmpty(baggage.service()))
                .setVersion(orEmpty(baggage.version()))
                .setRegion(orEmpty(baggage.place().region()))
                .setZone(orEmpty(baggage.place().zone()))
                .build();
    }

    private static Baggage baggage(Labels labels) {
        return new Baggage(
                orNull(labels.getCluster()),
                orNull(labels.getNamespace()),
                orNull(labels.getWorkload()),
                orNull(labels.getService()),
                orNull(labels.getVersion()),
                new Baggage.Place(orNull(labels.getRegion()), orNull(labels.getZone())));
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }

    private static @Nullable String orNull(String value) {
        return value.isEmpty() ? null : value;
    }

    /** Throws IllegalArgumentException if a part of it makes no sense. */
    static Moved read(Session session, Detached sockets, MeshView mesh) {
        long fromClient =
                session.getClientFirst() ? session.getFirstToSecond() : session.getSecondToFirst();
        long fromServer =
                session.getClientFirst() ? session.getSecondToFirst() : session.getFirstToSecond();
        Route route = route(session.getWay());
        return new Moved(
                route,
                peers(session.getEnds(), mesh),
                addressing(session.getWay(), route),
                new ConnectionRecord.Before(
                        Duration.ofNanos(session.getAgeMicros() * 1000), fromClient, fromServer),
                session.getClientFirst(),
                sockets,
                session.hasFar() ? far(session.getFar(), mesh, fromClient, fromServer) : null);
    }

    private static Moved.Far far(Far far, MeshView mesh, long fromClient, long fromServer) {
        Route route = route(far.getWay());
        if (route.facts() == null) {
            throw new IllegalArgumentException("nothing to ask policies about");
        }
        return new Moved.Far(
                route,
                peers(far.getEnds(), mesh),
                addressing(far.getWay(), route),
                new ConnectionRecord.Before(
                        Duration.ofNanos(far.getAgeMicros() * 1000), fromClient, fromServer),
                null);
    }

    private static Route route(Way way) {
        ConnectionFacts facts =
                way.hasFactsDestination()
                        ? new ConnectionFacts(
                                identity(way.getFactsIdentity()),
                                IpPort.of(address(way.getFactsSource())),
                                IpPort.of(address(way.getFactsDestination())))
                        : null;
        return new Route(
                address(way.getSource()),
                address(way.getOriginal()),
                address(way.getActual()),
                way.getTunnelled(),
                facts);
    }

    private static ConnectionRecord.Addressing addressing(Way way, Route route) {
        return new ConnectionRecord.Addressing(
                route.source(),
                route.isInbound() ? route.original() : route.actual(),
                way.hasHboneTarget() ? address(way.getHboneTarget()) : null);
    }

    private static Peers peers(Ends ends, MeshView mesh) {
        return new Peers(
                ends.getInbound() ? Reporter.DESTINATION : Reporter.SOURCE,
                workload(ends.getSourceUid(), mesh),
                ends.getClaimed()
                        ? new Peers.Claim(
                                identity(ends.getClaimedIdentity()),
                                ends.hasClaimedLabels()
                                        ? baggage(ends.getClaimedLabels())
                                        : Baggage.NONE)
                        : null,
                workload(ends.getDestinationUid(), mesh),
                ends.getServiceHostname().isEmpty()
                        ? null
                        : new ServiceName(
                                ends.getServiceHostname(),
                                ends.getServiceName(),
                                ends.getServiceNamespace()),
                ends.getMutualTls());
    }

    private static @Nullable Workload workload(String uid, MeshView mesh) {
        return uid.isEmpty() ? null : mesh.workloadByUid(uid);
    }

    private static @Nullable SpiffeId identity(String text) {
        return text.isEmpty() ? null : SpiffeId.parse(text);
    }

    private static Address address(InetSocketAddress address) {
        return Address.newBuilder()
                .setIp(ByteString.copyFrom(address.getAddress().getAddress()))
                .setPort(address.getPort())
                .build();
    }

    private static InetSocketAddress address(Address address) {
        return new IpPort(IpAddress.of(address.getIp().toByteArray()), address.getPort())
                .toSocketAddress();
    }
}
