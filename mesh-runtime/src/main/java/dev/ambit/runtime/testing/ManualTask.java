package dev.ambit.runtime.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A task of {@link ManualTime}; a periodic one puts itself back until it is cancelled. */
final class ManualTask<T> extends FutureTask<T> implements RunnableScheduledFuture<T> {

    private static final Comparator<ManualTask<?>> ORDER =
            Comparator.<ManualTask<?>, Instant>comparing(ManualTask::due)
                    .thenComparingLong(t -> t.order);

    private final ManualTime time;
    private final @Nullable Duration period;
    private final long order;
    private Instant due;

    ManualTask(ManualTime time, Callable<T> action, Duration delay, @Nullable Duration period) {
        super(action);
        this.time = time;
        this.period = period;
        this.due = time.now().plus(delay);
        this.order = time.nextOrder();
    }

    Instant due() {
        return due;
    }

    @Override
    public void run() {
        if (period == null) {
            super.run();
        } else if (runAndReset()) {
            due = time.now().plus(period);
            time.add(this);
        }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
        time.remove(this);
        return super.cancel(mayInterrupt);
    }

    @Override
    public boolean isPeriodic() {
        return period != null;
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(Duration.between(time.now(), due));
    }

    @Override
    public int compareTo(Delayed other) {
        return other instanceof ManualTask<?> t
                ? ORDER.compare(this, t)
                : Long.compare(
                        getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
}
