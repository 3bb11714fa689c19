package dev.ambit.ztunnel.state;

import dev.ambit.api.workload.MeshAddress;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * {@code XDS_ON_DEMAND}: workloads and services are asked of the control plane by name when a
 * connection or a lookup needs them, not kept all the time (ambient.md 1.16). A name is a
 * workload's uid, {@code network/ip}, {@code namespace/hostname}, or {@code *}{@code /hostname} for
 * a host name in whichever namespace. Thread-safe; whoever waits goes on on its own loop.
 */
public final class AddressDemand {

    /** Where subscriptions go; any thread. */
    public interface Subscriber {
        void subscribe(Collection<String> names);

        void unsubscribe(Collection<String> names);
    }

    /**
     * @param patience for the control plane to say what it knows of a name
     * @param idle after which a name nobody used is given up
     * @param maxNames subscribed at once; beyond them only what is known is used
     */
    public record Limits(Duration patience, Duration idle, int maxNames) {
        public static final Limits STANDARD =
                new Limits(Duration.ofSeconds(2), Duration.ofMinutes(10), 20_000);
    }

    /** One name. */
    private static final class Name {
        private final List<Runnable> waiting = new ArrayList<>(1);
        private boolean heard;
        private volatile long usedNanos = System.nanoTime();
    }

    private static final AddressDemand EVERYTHING = new AddressDemand(null, Limits.STANDARD);

    private final @Nullable Subscriber subscriber;
    private final Limits limits;
    private final Map<String, Name> names = new ConcurrentHashMap<>();

    private AddressDemand(@Nullable Subscriber subscriber, Limits limits) {
        this.subscriber = subscriber;
        this.limits = limits;
    }

    /** Everything is subscribed anyway: nothing is ever asked for or waited for. */
    public static AddressDemand everything() {
        return EVERYTHING;
    }

    /** By name. */
    public static AddressDemand by(Subscriber subscriber, Limits limits) {
        return new AddressDemand(subscriber, limits);
    }

    public boolean isEverything() {
        return subscriber == null;
    }

    public Limits limits() {
        return limits;
    }

    /** How many names are subscribed. */
    public int size() {
        return names.size();
    }

    /** Whether a name is subscribed. */
    public boolean wants(String name) {
        return names.containsKey(name);
    }

    /** Keeps a name from being given up. */
    public void used(String name) {
        if (subscriber != null) {
            Name known = names.get(name);
            if (known != null) {
                known.usedNanos = System.nanoTime();
            }
        }
    }

    /**
     * Runs when the control plane has said what it knows of all these names, or the wait is over;
     * at once if there is nothing to ask. On the loop.
     *
     * @return whether the control plane had to be asked
     */
    public boolean whenHeard(EventLoop loop, Collection<String> wanted, Runnable then) {
        Subscriber to = subscriber;
        if (to == null || wanted.isEmpty()) {
            then.run();
            return false;
        }
        List<Name> unheard = new ArrayList<>();
        List<String> added = new ArrayList<>();
        for (String key : Set.copyOf(wanted)) {
            Name name = names.get(key);
            if (name == null && names.size() < limits.maxNames()) {
                Name made = new Name();
                Name raced = names.putIfAbsent(key, made);
                name = raced == null ? made : raced;
                if (raced == null) {
                    added.add(key);
                }
            }
            if (name != null) {
                name.usedNanos = System.nanoTime();
                unheard.add(name);
            }
        }
        Wait wait = new Wait(loop, then, unheard);
        boolean waits = wait.begin(limits.patience());
        if (!added.isEmpty()) {
            to.subscribe(added);
        }
        return waits && !added.isEmpty();
    }

    /**
     * The control plane told something, and the state has it.
     *
     * @param removals names it has nothing of (any more)
     */
    public void heard(Collection<? extends MeshAddress> updates, Collection<String> removals) {
        if (subscriber == null) {
            return;
        }
        updates.forEach(update -> AddressNames.of(update).forEach(this::heard));
        removals.forEach(this::heard);
    }

    private void heard(String key) {
        Name name = names.get(key);
        if (name == null) {
            return;
        }
        List<Runnable> waiting;
        synchronized (name) {
            name.heard = true;
            waiting = List.copyOf(name.waiting);
            name.waiting.clear();
        }
        waiting.forEach(Runnable::run);
    }

    /** Gives up names nobody used for long; the names given up. */
    public List<String> giveUpIdle(long nowNanos) {
        Subscriber to = subscriber;
        List<String> idle = new ArrayList<>();
        if (to == null) {
            return idle;
        }
        long limit = limits.idle().toNanos();
        names.forEach(
                (key, name) -> {
                    if (nowNanos - name.usedNanos > limit && names.remove(key, name)) {
                        idle.add(key);
                    }
                });
        if (!idle.isEmpty()) {
            to.unsubscribe(idle);
        }
        return idle;
    }

    /** One connection or lookup waiting for some names. */
    private static final class Wait {
        private final EventLoop loop;
        private final Runnable then;
        private final List<Name> unheard;
        private final AtomicInteger missing = new AtomicInteger(1);
        private @Nullable ScheduledFuture<?> timeout;
        private boolean over;

        Wait(EventLoop loop, Runnable then, List<Name> unheard) {
            this.loop = loop;
            this.then = then;
            this.unheard = unheard;
        }

        /** Whether there was anything to wait for. */
        boolean begin(Duration patience) {
            boolean waits = false;
            for (Name name : unheard) {
                synchronized (name) {
                    if (!name.heard) {
                        missing.incrementAndGet();
                        name.waiting.add(this::oneHeard);
                        waits = true;
                    }
                }
            }
            if (!waits) {
                then.run();
                return false;
            }
            timeout = loop.schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
            oneHeard();
            return true;
        }

        private void oneHeard() {
            if (missing.decrementAndGet() == 0) {
                loop.execute(this::end);
            }
        }

        /** What was not heard in time is asked for still; the next one finds it. */
        private void giveUp() {
            end();
        }

        private void end() {
            if (!over) {
                over = true;
                if (timeout != null) {
                    timeout.cancel(false);
                }
                then.run();
            }
        }
    }
}
