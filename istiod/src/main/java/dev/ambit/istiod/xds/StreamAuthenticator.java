package dev.ambit.istiod.xds;

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
     */
    record Caller(String key, String namespace, String serviceAccount) {

        /** A stream on a port that asks for no token. */
        public static final Caller UNKNOWN = new Caller("", "", "");

        /** Why this caller may not speak for this proxy; empty if it may. */
        Optional<String> objection(ProxyNode node) {
            if (!namespace.isEmpty() && !namespace.equals(node.id().namespace())) {
                return Optional.of(
                        "node of namespace "
                                + node.id().namespace()
                                + " (expected: "
                                + namespace
                                + ")");
            }
            if (!serviceAccount.isEmpty()
                    && !node.serviceAccount().isEmpty()
                    && !serviceAccount.equals(node.serviceAccount())) {
                return Optional.of(
                        "service account "
                                + node.serviceAccount()
                                + " (expected: "
                                + serviceAccount
                                + ")");
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
