package dev.ambit.runtime.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A cell with a latest value: the one way configuration and certificates arrive late.
 *
 * <p>{@link #current()} is lock-free and may be called from any thread; take it once per connection
 * or request. Listeners see every value in order and never concurrently; they run on the thread
 * that sets the value, so they must be short or hop to their own loop. A listener may subscribe,
 * close its subscription or set this cell again: the nested value is delivered after the running
 * one. A listener that throws does not keep the others from being told.
 */
public final class Live<T> {

    private final ReentrantLock writer = new ReentrantLock();
    private final List<Listener<T>> listeners = new ArrayList<>();
    private final Deque<Version<T>> undelivered = new ArrayDeque<>();

    /** Read by any thread without the lock; written under it. */
    private volatile T value;

    private long version;

    public Live(T initial) {
        this.value = Objects.requireNonNull(initial, "initial value is null");
    }

    /** The latest value. */
    public T current() {
        return value;
    }

    /** Publishes a value and tells the listeners before returning. */
    public void set(T next) {
        Objects.requireNonNull(next, "value is null");
        writer.lock();
        try {
            value = next;
            undelivered.add(new Version<>(++version, next));
            if (writer.getHoldCount() == 1) {
                deliver();
            }
        } finally {
            writer.unlock();
        }
    }

    /**
     * Calls the listener at once with the current value, then with each later one, in order; never
     * concurrently.
     */
    public Subscription onChange(Consumer<? super T> listener) {
        Listener<T> added = new Listener<>(listener);
        writer.lock();
        try {
            listeners.add(added);
            added.seen = version;
            listener.accept(value);
            if (writer.getHoldCount() == 1) {
                deliver();
            }
        } finally {
            writer.unlock();
        }
        return () -> remove(added);
    }

    /** Number of listeners; for tests that check that nobody was forgotten. */
    public int listenerCount() {
        writer.lock();
        try {
            return listeners.size();
        } finally {
            writer.unlock();
        }
    }

    private void remove(Listener<T> listener) {
        writer.lock();
        try {
            listener.closed = true;
            listeners.remove(listener);
        } finally {
            writer.unlock();
        }
    }

    /** Tells every listener every value in order; loops because listeners may set or subscribe. */
    private void deliver() {
        RuntimeException failure = null;
        Version<T> next;
        while ((next = undelivered.peek()) != null) {
            for (Listener<T> l : List.copyOf(listeners)) {
                if (l.closed || l.seen >= next.number()) {
                    continue;
                }
                l.seen = next.number();
                try {
                    l.consumer.accept(next.value());
                } catch (RuntimeException e) {
                    failure = failure == null ? e : failure;
                }
            }
            undelivered.remove();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private record Version<T>(long number, T value) {}

    /** Ends a subscription; closing twice does nothing. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    private static final class Listener<T> {
        private final Consumer<? super T> consumer;
        private long seen;
        private boolean closed;

        private Listener(Consumer<? super T> consumer) {
            this.consumer = consumer;
        }
    }
}
