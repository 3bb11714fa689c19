package dev.ambit.istiod.live;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The single thread that owns control-plane state. Callbacks from elsewhere hop here first, then
 * act. Changes are gathered until nothing came for a while (or for long enough), then one wave
 * runs: an edit of many files is one push.
 */
public final class MeshLoop {

    /**
     * How changes are gathered. Upstream waits 100 ms and up to 10 s; our waves cost what changed,
     * so waiting buys little.
     *
     * @param quiet a wave runs after a period of this length in which nothing came
     * @param max or when the first change is this old, whatever keeps coming
     */
    public record Debounce(Duration quiet, Duration max) {
        public static final Debounce DEFAULT =
                new Debounce(Duration.ofMillis(10), Duration.ofMillis(100));

        long periods() {
            return Math.max(1, max.dividedBy(quiet));
        }
    }

    private final ScheduledExecutorService executor;
    private final Debounce debounce;
    private final List<Runnable> waves = new ArrayList<>();

    /** The thread of the executor; read by anyone who asks whether he is on it. */
    private volatile @Nullable Thread thread;

    private boolean changedAgain;
    private long periods;
    private @Nullable ScheduledFuture<?> pending;

    /**
     * @param executor one thread, used for nothing else; owned by whoever made it
     */
    public MeshLoop(ScheduledExecutorService executor, Debounce debounce) {
        this.executor = executor;
        this.debounce = debounce;
    }

    /** Runs a task on the loop, after those handed in before. */
    public void execute(Runnable task) {
        executor.execute(() -> run(task));
    }

    /** Runs a task on the loop later. */
    public ScheduledFuture<?> schedule(Runnable task, Duration delay) {
        return executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What a wave does, in this order. Registered before anything runs. */
    public void onWave(Runnable step) {
        waves.add(step);
    }

    /** Opens every confined method. */
    public void assertInLoop() {
        if (!Thread.currentThread().equals(thread)) {
            throw new IllegalStateException("not on the mesh loop");
        }
    }

    /** Something changed: a wave will run soon. On the loop. */
    public void changed() {
        assertInLoop();
        if (pending == null) {
            periods = 1;
            pending = schedule(this::fire, debounce.quiet());
        } else {
            changedAgain = true;
        }
    }

    /** Runs the wave now if one is due. On the loop. */
    public void flush() {
        assertInLoop();
        if (pending != null) {
            pending.cancel(false);
            wave();
        }
    }

    private void fire() {
        if (changedAgain && periods < debounce.periods()) {
            changedAgain = false;
            periods++;
            pending = schedule(this::fire, debounce.quiet());
            return;
        }
        wave();
    }

    private void wave() {
        pending = null;
        changedAgain = false;
        waves.forEach(Runnable::run);
    }

    private void run(Runnable task) {
        thread = Thread.currentThread();
        task.run();
    }
}
