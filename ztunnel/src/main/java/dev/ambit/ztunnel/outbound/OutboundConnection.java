package dev.ambit.ztunnel.outbound;

import dev.ambit.api.IpAddress;
import dev.ambit.api.IpPort;
import dev.ambit.api.workload.Workload;
import dev.ambit.policy.l4.OutboundRoute;
import dev.ambit.policy.l4.Selection;
import dev.ambit.ztunnel.policy.PodLoop;
import dev.ambit.ztunnel.socket.Sockets;
import dev.ambit.ztunnel.telemetry.ConnectionFailure;
import dev.ambit.ztunnel.telemetry.Reporter;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One connection an application opens, from its acceptance until its route is decided; {@link
 * OutboundDial} carries the route out. On its loop.
 */
final class OutboundConnection {

    private final OutboundPipeline pipeline;
    private final PodLoop pod;
    private final SocketChannel application;
    private final long startNanos = System.nanoTime();
    private final InetSocketAddress client;
    private final InetSocketAddress target;

    /**
     * @param target where the application means to go
     */
    OutboundConnection(
            OutboundPipeline pipeline, SocketChannel application, InetSocketAddress target) {
        this.pipeline = pipeline;
        this.pod = pipeline.pod();
        this.application = application;
        this.client = application.remoteAddress();
        this.target = target;
    }

    /** Refuses what leads back to us; waits for the pod's workload. */
    void begin() {
        if (target.getAddress().isLoopbackAddress()
                && pod.options().ports().isIllegal(target.getPort())) {
            refuse(ConnectionFailure.SELF_CALL);
            return;
        }
        pod.local().whenKnown(pod.loop(), this::route);
    }

    /** Decides where it goes. */
    private void route(@Nullable Workload source) {
        if (source == null) {
            refuse(ConnectionFailure.unknownLocalWorkload(pod.local().info()));
            return;
        }
        pod.scope()
                .demand()
                .prepare(
                        pod.loop(),
                        source,
                        pod.options().network(),
                        IpAddress.of(target.getAddress()),
                        () -> dial(source));
    }

    private void dial(Workload source) {
        Caller caller = new Caller(application, source, client, target, startNanos);
        OutboundRoute route =
                pipeline.router()
                        .route(
                                source,
                                IpPort.of(target),
                                pod.mesh(),
                                new Selection(
                                        ThreadLocalRandom.current(),
                                        Set.of(),
                                        pipeline.ejections().avoided()));
        String refusal = egressRefusal(route);
        if (refusal != null) {
            refuse(ConnectionFailure.egress(refusal));
            return;
        }
        new OutboundDial(pipeline, caller).begin(route);
    }

    /** Where only what is registered may be reached. */
    private @Nullable String egressRefusal(OutboundRoute route) {
        boolean unknown = route instanceof OutboundRoute.Passthrough p && p.service() == null;
        return unknown ? pod.scope().egress().refusal(IpAddress.of(target.getAddress())) : null;
    }

    /** Before the peers are known: a short log line. */
    private void refuse(ConnectionFailure failure) {
        pod.refused(Reporter.SOURCE, client, target, failure);
        Sockets.reset(application);
    }
}
