package dev.ambit.istiod.xds;

import dev.ambit.api.NodeId;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLSession;

/** Who opens a stream. The root connects this to whoever knows tokens. */
@FunctionalInterface
public interface StreamAuthenticator {

    /**
     * Somebody whose token is good.
     *
     * @param key what limits are counted by: one account on one node
     * @param namespace "" if the token stands for no single namespace
     * @param serviceAccount "" if the token stands for no single account
     * @param node "" if the token is bound to no node
     */
    record Caller(String key, String namespace, String serviceAccount, String node) {

        /** A stream on a port that asks for no token. */
        public static final Caller UNKNOWN = new Caller("", "", "", "");

        /** Why this caller may not speak for this proxy; empty if it may. */
        Optional<String> objection(ProxyNode proxy) {
            if (!namespace.isEmpty() && !namespace.equals(proxy.id().namespace())) {
                return Optional.of(
                        "node of namespace "
                                + proxy.id().namespace()
                                + " (expected: "
                                + namespace
                                + ")");
            }
            if (!serviceAccount.isEmpty()
                    && !proxy.serviceAccount().isEmpty()
                    && !serviceAccount.equals(proxy.serviceAccount())) {
                return Optional.of(
                        "service account "
                                + proxy.serviceAccount()
                                + " (expected: "
                                + serviceAccount
                                + ")");
            }
            if (!node.isEmpty()) {
                return nodeObjection(proxy);
            }
            return Optional.empty();
        }

        /** A node's token is that of its node proxy, and of nothing else that runs there. */
        private Optional<String> nodeObjection(ProxyNode proxy) {
            if (!proxy.id().type().equals(NodeId.ZTUNNEL) || !proxy.gateway().isEmpty()) {
                return Optional.of("a " + proxy.id().type() + " (expected: ztunnel)");
            }
            if (!proxy.nodeName().isEmpty() && !proxy.nodeName().equals(node)) {
                return Optional.of("node " + proxy.nodeName() + " (expected: " + node + ")");
            }
            return Optional.empty();
        }
    }

    /**
     * What a stream brings to show who opens it.
     *
     * @param token the bearer token, if there is one
     * @param clusterId where the token comes from, "" if it does not say
     * @param tls the session of its connection, if it has one
     */
    record Evidence(
            Optional<String> token, String clusterId, Optional<SSLSession> tls, String peer) {

        /** The token stays out of logs. */
        @Override
        public String toString() {
            return peer;
        }
    }

    /** Empty if the stream is not to be served. Called on a gRPC thread; must not block. */
    CompletionStage<Optional<Caller>> authenticate(Evidence evidence);
}
