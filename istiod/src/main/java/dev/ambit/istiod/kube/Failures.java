package dev.ambit.istiod.kube;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;

/** What a failed call to the API server comes down to, in one line. */
final class Failures {
    private Failures() {}

    static String said(Throwable failure) {
        Throwable cause = failure;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            cause = t;
            if (t instanceof KubernetesClientException answered && answered.getCode() > 0) {
                return answered.getCode()
                        + " "
                        + (answered.getStatus() == null
                                ? answered.getMessage()
                                : answered.getStatus().getMessage());
            }
            if (t instanceof ConnectException) {
                // The JDK's client does not say to whom.
                return t.getMessage() == null ? "no connection" : t.getMessage();
            }
        }
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
