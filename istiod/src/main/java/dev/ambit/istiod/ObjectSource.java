package dev.ambit.istiod;

import dev.ambit.api.manifest.ManifestFiles;
import dev.ambit.istiod.ca.CallerAuthenticator;
import dev.ambit.istiod.directory.DirectorySource;
import dev.ambit.istiod.directory.DirectoryStatus;
import dev.ambit.istiod.kube.ApiServer;
import dev.ambit.istiod.kube.KubernetesSource;
import dev.ambit.istiod.kube.TokenReviews;
import dev.ambit.istiod.resource.Source;
import dev.ambit.runtime.net.EventLoops;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The source this istiod was told to use, with what comes along with it.
 *
 * @param name of its page and of its task in readiness
 * @param page what it says of itself
 * @param callers who knows callers by the same source; a directory does not
 * @param end closes the source and what it stands on
 */
record ObjectSource(
        String name,
        Source source,
        Supplier<Map<String, Object>> page,
        Optional<CallerAuthenticator> callers,
        Runnable end) {

    static ObjectSource directory(
            IstiodConfig.ObjectsFrom.Directory from,
            EventLoops loops,
            IstiodMetrics metrics,
            Clock clock) {
        // Written by the watch, read by pages.
        AtomicReference<DirectoryStatus> last = new AtomicReference<>(DirectoryStatus.EMPTY);
        Source source =
                new DirectorySource(
                        new ManifestFiles(from.manifests(), from.runtime().orElse(null), clock),
                        loops::background,
                        status -> {
                            last.set(status);
                            metrics.directory(status);
                        });
        return new ObjectSource(
                "manifests",
                source,
                () -> ObjectsPage.of(Objects.requireNonNull(last.get())),
                Optional.empty(),
                source::close);
    }

    static ObjectSource kubernetes(
            IstiodConfig.ObjectsFrom.Kubernetes from,
            EventLoops loops,
            IstiodMetrics metrics,
            ControlPlane plane,
            String clusterId) {
        KubernetesClient client = ApiServer.ofEnvironment(loops.blocking());
        KubernetesSource source =
                new KubernetesSource(
                        client, loops.blocking(), loops.control(), metrics.kubernetes());
        TokenReviews reviews = new TokenReviews(client, loops.blocking());
        return new ObjectSource(
                "kubernetes",
                source,
                () -> ObjectsPage.of(source),
                Optional.of(
                        new ReviewedTokens(reviews::review, from.nodeAccounts(), plane, clusterId)),
                () -> {
                    source.close();
                    client.close();
                });
    }
}
