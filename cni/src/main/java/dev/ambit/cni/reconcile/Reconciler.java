package dev.ambit.cni.reconcile;

import dev.ambit.cni.enrolment.ClusterView;
import dev.ambit.cni.enrolment.Enrolment;
import dev.ambit.cni.redirect.Redirection;
import dev.ambit.cni.zds.ZtunnelLink;
import dev.ambit.runtime.log.Log;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Brings the pods of this node to what they should be. One thread owns everything here; what
 * happens elsewhere (files changed, a ztunnel came or went) arrives as an event. Each pass takes
 * for each pod the steps {@link PodPlan} decides until nothing is left to do or one fails, which is
 * tried again later; every ten seconds it looks whether the rules are still there.
 */
public final class Reconciler implements Runnable {

    private static final Log LOG = Log.get("cni::reconcile");
    private static final Duration CHECK_EVERY = Duration.ofSeconds(10);

    private sealed interface Event {
        record Seen(ClusterView view) implements Event {}

        record Connected(ZtunnelLink link) implements Event {}

        record Disconnected(ZtunnelLink link) implements Event {}

        record Stop(boolean cleanup, Runnable done) implements Event {}
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final NodePods pods;
    private final Annotations annotations;
    private final Clock clock;
    private final Runnable onFirstPass;
    private boolean firstPassDone;
    private Instant nextCheck;

    /**
     * @param onFirstPass told once when everything that was known at the start has its rules: only
     *     then may ztunnel connect, or it would drop the pods not yet announced
     */
    public Reconciler(
            Enrolment enrolment,
            Redirection redirection,
            Annotations annotations,
            CniMetrics metrics,
            Clock clock,
            Runnable onFirstPass) {
        this.pods = new NodePods(enrolment, redirection, metrics, clock);
        this.annotations = annotations;
        this.clock = clock;
        this.onFirstPass = onFirstPass;
        this.nextCheck = clock.instant().plus(CHECK_EVERY);
    }

    public void seen(ClusterView view) {
        events.add(new Event.Seen(view));
    }

    public void connected(ZtunnelLink link) {
        events.add(new Event.Connected(link));
    }

    public void disconnected(ZtunnelLink link) {
        events.add(new Event.Disconnected(link));
    }

    /**
     * Ends {@link #run}.
     *
     * @param cleanup take all pods out of the mesh first; otherwise rules stay, so that nothing
     *     passes by the mesh while the agent is upgraded
     */
    public void stop(boolean cleanup, Runnable done) {
        events.add(new Event.Stop(cleanup, done));
    }

    /** The life of the reconciler's thread. */
    @Override
    public void run() {
        while (true) {
            List<Event> batch = new ArrayList<>();
            try {
                Event first = events.poll(untilDue().toMillis() + 1, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    events.drainTo(batch);
                }
            } catch (InterruptedException e) {
                return;
            }
            if (pass(batch)) {
                return;
            }
        }
    }

    /** One pass over everything; true if it was the last. */
    private boolean pass(List<Event> batch) {
        for (Event event : batch) {
            switch (event) {
                case Event.Seen seen -> pods.seen(seen.view());
                case Event.Connected connected -> pods.connected(connected.link());
                case Event.Disconnected gone -> pods.disconnected(gone.link());
                case Event.Stop stop -> {
                    stop(stop);
                    return true;
                }
            }
        }
        if (pods.ready()) {
            check();
            pods.settle();
            annotate();
            if (!firstPassDone) {
                firstPassDone = true;
                onFirstPass.run();
            }
        }
        return false;
    }

    private void stop(Event.Stop stop) {
        if (stop.cleanup()) {
            pods.releaseAll();
            annotate();
        }
        pods.close();
        stop.done().run();
    }

    private void check() {
        if (clock.instant().isBefore(nextCheck)) {
            return;
        }
        pods.check();
        nextCheck = clock.instant().plus(CHECK_EVERY);
    }

    private void annotate() {
        try {
            annotations.write(pods.actual());
        } catch (IOException e) {
            LOG.error("AMB1531 cannot write to the runtime directory, trying again", "error", e);
            nextCheck = clock.instant().plusSeconds(1);
        }
    }

    private Duration untilDue() {
        Instant now = clock.instant();
        Instant due = pods.nextRetry().filter(r -> r.isBefore(nextCheck)).orElse(nextCheck);
        return due.isBefore(now) ? Duration.ZERO : Duration.between(now, due);
    }
}
