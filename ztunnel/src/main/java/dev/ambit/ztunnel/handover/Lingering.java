package dev.ambit.ztunnel.handover;

import dev.ambit.runtime.log.Log;
import dev.ambit.ztunnel.inpod.PodRegistry;
import dev.ambit.ztunnel.inpod.Transfer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The old process after a successor has taken over: hands plain connections over alive, again and
 * again because some were still being opened, and finishes the tunnels. Whom it has handed over to
 * may be replaced meanwhile, or die: then it looks for the newest. One thread.
 */
final class Lingering {

    private static final Log LOG = Log.get("handover");

    private static final Duration BETWEEN_MOVES = Duration.ofSeconds(1);
    private static final Duration REPORT = Duration.ofMinutes(1);

    private final HandoverConfig config;
    private final Household household;

    Lingering(HandoverConfig config, Household household) {
        this.config = config;
        this.household = household;
    }

    /**
     * Comes back when nothing is left, or the limit is reached and the rest cut.
     *
     * @param successor closed at the end
     * @param version that both know
     * @param adminPort of the pages of this process
     */
    void run(Line successor, int version, int adminPort) {
        List<PodRegistry.Serving> pods = household.pods().serving().join();
        CompletableFuture<Void> finished =
                CompletableFuture.allOf(
                        pods.stream()
                                .map(pod -> pod.transfer().linger(config.linger()))
                                .toArray(CompletableFuture[]::new));
        long report = System.nanoTime() + REPORT.toNanos();
        try (Newest newest = new Newest(config, household.pods(), adminPort)) {
            newest.is(successor, version);
            Moving moving = new Moving(household.loops(), newest);
            // What moves, moves first; then nobody older need wait for us.
            moving.move(pods);
            household.elders().moveOn();
            while (!finished.isDone()) {
                if (newest.dialogue() == null) {
                    await(finished);
                    newest.find();
                } else {
                    newest.listen(BETWEEN_MOVES);
                }
                moving.move(pods);
                if (System.nanoTime() - report >= 0) {
                    report += REPORT.toNanos();
                    report(pods);
                }
            }
        }
        LOG.info("nothing is left here");
    }

    private static void await(CompletableFuture<Void> finished) {
        finished.copy()
                .completeOnTimeout(null, BETWEEN_MOVES.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private static void report(List<PodRegistry.Serving> pods) {
        for (PodRegistry.Serving pod : pods) {
            List<Transfer.Held> held = pod.transfer().held().join();
            if (!held.isEmpty()) {
                LOG.info(
                        "still open here",
                        "pod",
                        pod.info().toString(),
                        "connections",
                        held.size(),
                        "longest",
                        held.stream().map(Transfer.Held::age).max(Duration::compareTo).get());
            }
        }
    }
}
