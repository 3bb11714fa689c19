package dev.ambit.ztunnel.state;

import dev.ambit.api.workload.Workload;
import dev.ambit.identity.rotation.CertificateRotation;
import dev.ambit.identity.rotation.CertificateState;
import dev.ambit.identity.rotation.Priority;
import dev.ambit.identity.tls.MeshTls;
import dev.ambit.identity.tls.TlsContexts;
import dev.ambit.policy.state.MeshView;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The workload a pod's proxy stands for: its record in the mesh state and its certificate. Both may
 * arrive later than the pod; who needs them waits, bounded, and is then refused. Thread-safe.
 */
public final class LocalWorkload {

    /** How long a connection waits for the mesh state to know its pod (ambient.md 1.8). */
    public static final Duration WAIT = Duration.ofSeconds(5);

    private final WorkloadInfo info;
    private final MeshView mesh;
    private final StateSignal signal;
    private final CertificateRotation certificates;

    /** The workload of a pod. */
    public LocalWorkload(
            WorkloadInfo info,
            MeshView mesh,
            StateSignal signal,
            CertificateRotation certificates) {
        this.info = info;
        this.mesh = mesh;
        this.signal = signal;
        this.certificates = certificates;
    }

    /** The pod, as the node agent named it. */
    public WorkloadInfo info() {
        return info;
    }

    /** The mesh it lives in. */
    public MeshView mesh() {
        return mesh;
    }

    /** Its record; null while the state does not know it. */
    public @Nullable Workload current() {
        return mesh.localWorkload(info.name(), info.namespace(), info.serviceAccount());
    }

    /** Its record, once it is also known which policies there are. */
    private @Nullable Workload judged() {
        return mesh.policiesKnown() ? current() : null;
    }

    /**
     * Hands over the record, at once if it and policies are known, else when they come; null if
     * they do not come in time. On the loop.
     */
    public void whenKnown(EventLoop loop, Consumer<@Nullable Workload> then) {
        whenKnown(loop, WAIT, then);
    }

    /** The same with another patience. */
    public void whenKnown(EventLoop loop, Duration patience, Consumer<@Nullable Workload> then) {
        Workload known = judged();
        if (known != null) {
            then.accept(known);
            return;
        }
        new Wait(loop, then).begin(patience);
    }

    /** The certificate of the record's identity as it is now; asked for if nobody has. */
    public CertificateState certificate(Workload workload) {
        return certificates.watch(workload.identity(), Priority.REAL_TIME).current();
    }

    /**
     * Hands over the TLS contexts of the workload's identity, or why there are none. Waits while
     * the certificate is being fetched. On the loop.
     */
    public void whenCertified(EventLoop loop, Workload workload, Consumer<CertificateState> then) {
        CertificateState now = certificate(workload);
        if (!(now instanceof CertificateState.Fetching)) {
            then.accept(now);
            return;
        }
        certificates
                .ready(workload.identity(), WAIT)
                .whenCompleteAsync(
                        (ready, failure) ->
                                then.accept(
                                        failure == null
                                                ? ready
                                                : new CertificateState.Unavailable(
                                                        reason(failure))),
                        loop);
    }

    /** Whether a handshake would succeed now. */
    public boolean isCertified() {
        Workload workload = current();
        return workload != null && certificate(workload) instanceof CertificateState.Ready;
    }

    /**
     * Runs when the workload is known and its certificate there, or the wait for one of them is
     * over. On the loop.
     */
    public void whenCertified(EventLoop loop, Consumer<CertificateState> then) {
        whenKnown(
                loop,
                workload -> {
                    if (workload == null) {
                        then.accept(new CertificateState.Unavailable("workload not known"));
                    } else {
                        whenCertified(loop, workload, then);
                    }
                });
    }

    /**
     * What a new inbound handshake is served with: contexts that refuse it while there is no
     * certificate.
     */
    public TlsContexts serverContexts() {
        Workload workload = current();
        if (workload != null && certificate(workload) instanceof CertificateState.Ready ready) {
            return ready.contexts();
        }
        return MeshTls.refusing();
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** One connection waiting; confined to its loop but for the signal, which hops there. */
    private final class Wait implements Runnable {
        private final EventLoop loop;
        private final Consumer<@Nullable Workload> then;
        private @Nullable ScheduledFuture<?> timeout;
        private boolean over;

        Wait(EventLoop loop, Consumer<@Nullable Workload> then) {
            this.loop = loop;
            this.then = then;
        }

        void begin(Duration patience) {
            timeout = loop.schedule(() -> end(null), patience.toMillis(), TimeUnit.MILLISECONDS);
            signal.onWorkloads(this);
            // It may have come between the first look and now.
            look();
        }

        @Override
        public void run() {
            loop.execute(this::look);
        }

        private void look() {
            Workload known = judged();
            if (known != null) {
                end(known);
            }
        }

        private void end(@Nullable Workload known) {
            if (over) {
                return;
            }
            over = true;
            signal.remove(this);
            if (timeout != null) {
                timeout.cancel(false);
            }
            then.accept(known);
        }
    }
}
