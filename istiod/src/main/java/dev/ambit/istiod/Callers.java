package dev.ambit.istiod;

import dev.ambit.identity.TrustDomain;
import dev.ambit.identity.ca.CertificateAuthority;
import dev.ambit.istiod.ca.Caller;
import dev.ambit.istiod.ca.CallerAuthenticator;
import dev.ambit.istiod.ca.CallerAuthenticator.Authentication;
import dev.ambit.istiod.ca.ClientCertificateAuthenticator;
import dev.ambit.istiod.ca.Credentials;
import dev.ambit.istiod.ca.FirstKnown;
import dev.ambit.istiod.ca.TokenFile;
import dev.ambit.istiod.ca.WorkloadsOnNode;
import dev.ambit.istiod.xds.StreamAuthenticator;
import dev.ambit.runtime.log.Log;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Connects those who ask who is calling and what runs where with those who know. */
final class Callers {
    private static final Log LOG = Log.get("istiod::callers");

    private Callers() {}

    /** Tokens of the file first, then those of the cluster, then certificates we issued. */
    static CallerAuthenticator known(
            IstiodConfig config,
            Optional<CallerAuthenticator> cluster,
            CertificateAuthority authority,
            Clock clock) {
        List<CallerAuthenticator> all = new ArrayList<>();
        config.tokens().ifPresent(file -> all.add(new TokenFile(file)));
        cluster.ifPresent(all::add);
        all.add(
                new ClientCertificateAuthenticator(
                        authority::bundle, new TrustDomain(config.mesh().trustDomain()), clock));
        return new FirstKnown(all);
    }

    /** The same question, as streams ask it. */
    static StreamAuthenticator ofStreams(CallerAuthenticator known) {
        return evidence ->
                known.authenticate(
                                new Credentials(
                                        evidence.token(),
                                        evidence.clusterId(),
                                        evidence.tls(),
                                        evidence.peer()))
                        .thenApply(
                                found ->
                                        switch (found) {
                                            case Authentication.Known k ->
                                                    Optional.of(caller(k.caller()));
                                            case Authentication.Unknown u ->
                                                    unknown(u.reason(), evidence.peer());
                                        });
    }

    /** The caller hears only that it is refused; the log says why. */
    private static Optional<StreamAuthenticator.Caller> unknown(String reason, String peer) {
        LOG.warn("caller not known", "peer", peer, "reason", reason);
        return Optional.empty();
    }

    private static StreamAuthenticator.Caller caller(Caller caller) {
        return switch (caller) {
            case Caller.Account a ->
                    new StreamAuthenticator.Caller(a.key(), a.namespace(), a.serviceAccount(), "");
            case Caller.Node n -> new StreamAuthenticator.Caller(n.key(), "", "", n.name());
        };
    }

    /** Everybody, on the port that asks for nothing. */
    static StreamAuthenticator anybody() {
        return evidence ->
                CompletableFuture.completedFuture(Optional.of(StreamAuthenticator.Caller.UNKNOWN));
    }

    static WorkloadsOnNode workloads(ControlPlane plane) {
        return (node, namespace, account) -> {
            CompletableFuture<Boolean> answer = new CompletableFuture<>();
            plane.loop().execute(() -> answer.complete(plane.runsOnNode(node, namespace, account)));
            return (CompletionStage<Boolean>) answer;
        };
    }
}
