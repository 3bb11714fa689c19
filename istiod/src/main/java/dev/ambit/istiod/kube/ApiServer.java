package dev.ambit.istiod.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;

/** The connection to the API server. */
public final class ApiServer {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** The slowest answer to wait for, not the life of a watch. */
    private static final Duration ANSWER = Duration.ofSeconds(30);

    /** Doubled five times at most: an API server that is back is watched again within 8 s. */
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);

    private ApiServer() {}

    /**
     * Where the environment says: {@code KUBECONFIG}, the account of the pod, {@code
     * ~/.kube/config}. Connects to nothing yet.
     *
     * @param executor runs tasks that may block, any number at once; not closed with the client
     */
    public static KubernetesClient ofEnvironment(Executor executor) {
        return of(
                new ConfigBuilder(Config.autoConfigure(null))
                        .withWatchReconnectInterval(Math.toIntExact(FIRST_RETRY.toMillis()))
                        .build(),
                executor);
    }

    static KubernetesClient of(Config config, Executor executor) {
        Config ours =
                new ConfigBuilder(config)
                        .withConnectionTimeout(Math.toIntExact(CONNECT.toMillis()))
                        .withRequestTimeout(Math.toIntExact(ANSWER.toMillis()))
                        // Failures are for us to see: informers try again by themselves.
                        .withRequestRetryBackoffLimit(0)
                        .build();
        ObjectMapper mapper = new ObjectMapper();
        mapper.addMixIn(ObjectMeta.class, WithoutManagedFields.class);
        KubernetesSerialization serialization = new KubernetesSerialization(mapper, false);
        // By name, as nothing looks through all classes: without it a watch that is told "gone"
        // takes that for an object, and asks the same again for ever.
        serialization.registerKubernetesResource("v1", "Status", Status.class);
        return new KubernetesClientBuilder()
                .withConfig(ours)
                .withKubernetesSerialization(serialization)
                .withHttpClientFactory(new OnExecutor(executor))
                .withTaskExecutor(executor)
                .build();
    }

    /** Often the larger half of an object, and nothing here reads them. */
    @JsonIgnoreProperties("managedFields")
    private static final class WithoutManagedFields {}

    /** The client of the JDK on our threads. */
    private static final class OnExecutor extends JdkHttpClientFactory {
        private final Executor executor;

        OnExecutor(Executor executor) {
            this.executor = executor;
        }

        @Override
        protected HttpClient.Builder createNewHttpClientBuilder() {
            return HttpClient.newBuilder().executor(executor);
        }
    }
}
