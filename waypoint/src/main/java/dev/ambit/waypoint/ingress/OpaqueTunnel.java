package dev.ambit.waypoint.ingress;

import dev.ambit.api.waypoint.BackendRef;
import dev.ambit.hbone.relay.Relay;
import dev.ambit.hbone.relay.RelayEnd;
import dev.ambit.policy.Decision;
import dev.ambit.policy.l7.HttpAuthorizer;
import dev.ambit.waypoint.cluster.EndpointLoad;
import dev.ambit.waypoint.exchange.ClientConnection;
import dev.ambit.waypoint.exchange.LoopContext;
import dev.ambit.waypoint.exchange.Rules;
import dev.ambit.waypoint.exchange.WayFinder;
import dev.ambit.waypoint.failure.FailureKind;
import dev.ambit.waypoint.failure.ProxyError;
import dev.ambit.waypoint.upstream.Connector;
import dev.ambit.waypoint.upstream.UpstreamAttempt;
import dev.ambit.waypoint.xds.BoundWorkloads;
import dev.ambit.waypoint.xds.Target;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose inside is not HTTP: authorized by what a connection shows, sent to one
 * endpoint, counted; authorized again whenever the configuration changes, since it may last for
 * days. Another endpoint is tried where the first cannot be connected, since nothing was sent yet.
 * Confined to the loop.
 */
final class OpaqueTunnel {

    private static final int MAX_TRIES = 3;

    private final LoopContext context;
    private final ClientConnection client;
    private final Channel downstream;
    private final Runnable takeBytes;
    private final Set<String> tried = new HashSet<>();
    private final OpaqueRecord record;
    private @Nullable Runnable check;

    /**
     * @param takeBytes called when the destination is connected and the relay installed: what was
     *     read to find out the protocol goes into the pipeline
     */
    OpaqueTunnel(
            LoopContext context, ClientConnection client, Channel downstream, Runnable takeBytes) {
        this.context = context;
        this.client = client;
        this.downstream = downstream;
        this.takeBytes = takeBytes;
        this.record = new OpaqueRecord(context, client);
    }

    void start() {
        downstream.config().setAutoRead(false);
        @Nullable Rules rules = Rules.of(context.snapshot(), client.target());
        @Nullable ProxyError denial = rules == null ? null : denial(rules);
        if (rules == null) {
            fail(ProxyError.of(FailureKind.NO_CLUSTER));
        } else if (denial != null) {
            fail(denial);
        } else {
            connect();
        }
    }

    private @Nullable ProxyError denial(Rules rules) {
        return HttpAuthorizer.decide(client.facts(), rules.policies())
                        instanceof Decision.Denied denied
                ? new ProxyError(
                        FailureKind.POLICY_DENIED,
                        "rbac_access_denied_matched_policy[" + denied.policy() + "]")
                : null;
    }

    /** Ends the connection if policy would not let it begin now. */
    private void recheck(Relay relay) {
        @Nullable Rules rules = Rules.of(context.snapshot(), client.target());
        @Nullable ProxyError denial = rules == null ? null : denial(rules);
        if (denial != null) {
            relay.close(denial.detail());
        }
    }

    private BackendRef.ToService backend() {
        return switch (client.target()) {
            case Target.OfService of -> new BackendRef.ToService(of.service(), of.port());
            case Target.OfWorkload of ->
                    new BackendRef.ToService(BoundWorkloads.NO_SERVICE, of.port());
        };
    }

    private void connect() {
        WayFinder.Found found =
                WayFinder.find(
                        context, context.snapshot(), client.target(), backend(), false, tried);
        switch (found) {
            case WayFinder.Found.None none -> fail(none.error());
            case WayFinder.Found.To to -> connect(to.way());
        }
    }

    private void connect(UpstreamAttempt.Way way) {
        tried.add(way.endpoint().workload().uid());
        record.chosen(way);
        context.upstreams()
                .openBytes(
                        way.destination(),
                        new ChannelInboundHandlerAdapter(),
                        new Connector.Result() {
                            @Override
                            public void connected(Channel upstream) {
                                couple(upstream, way.load());
                            }

                            @Override
                            public void failed(ProxyError error) {
                                if (tried.size() < MAX_TRIES && downstream.isActive()) {
                                    connect();
                                } else {
                                    fail(error);
                                }
                            }
                        });
    }

    private void couple(Channel upstream, EndpointLoad load) {
        if (!downstream.isActive()) {
            upstream.close();
            fail(ProxyError.of(FailureKind.CLIENT_GONE));
            return;
        }
        upstream.config().setAutoRead(false);
        load.begin();
        Relay relay =
                Relay.sockets(
                        (DuplexChannel) downstream,
                        (DuplexChannel) upstream,
                        (ended, how) -> {
                            load.end();
                            if (check != null) {
                                context.forget(check);
                            }
                            record.ended(ended, flags(how), details(how));
                        });
        record.opened(relay, upstream);
        Runnable again = () -> recheck(relay);
        check = again;
        context.recheckWith(again);
        takeBytes.run();
        // Policy may have changed while the destination was being connected.
        again.run();
    }

    private static String details(RelayEnd end) {
        return end instanceof RelayEnd.Closed closed ? closed.reason() : "-";
    }

    private static String flags(RelayEnd end) {
        return switch (end) {
            case RelayEnd.Complete complete -> "-";
            case RelayEnd.Reset reset -> reset.by() == RelayEnd.Side.FIRST ? "DC" : "UR";
            case RelayEnd.Failed failed -> failed.side() == RelayEnd.Side.FIRST ? "DC" : "UC";
            case RelayEnd.Closed closed -> "-";
        };
    }

    private void fail(ProxyError error) {
        record.refused(error);
        downstream.close();
    }
}
