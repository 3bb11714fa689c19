package dev.ambit.tests.rig;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Connections that come, say a few blocks, and go. While a fault lasts they may be refused; nothing
 * excuses wrong or missing bytes, and in the steady state nothing may fail.
 */
final class Churn {

    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Duration PAUSE = Duration.ofMillis(15);

    private final Stage stage;
    private final Repeating repeating;
    private final AtomicInteger good = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger steadyGood = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private volatile boolean steady;

    Churn(Stage stage, int threads) {
        this.stage = stage;
        this.repeating = new Repeating("churn", threads, this::once);
    }

    /** From now on nothing may fail. */
    void steady() {
        steady = true;
    }

    int steadyGood() {
        return steadyGood.get();
    }

    Verdict judge() {
        repeating.stop();
        String what =
                "%d connections, %d refused".formatted(good.get() + refused.get(), refused.get());
        return new Verdict(what, bytes.get(), faults);
    }

    private void once() {
        boolean mustWork = steady;
        try (Session s = stage.open(PATIENCE)) {
            if (s.exchange(3)) {
                s.finish();
            }
            bytes.addAndGet(2 * s.bytes());
            count(s, mustWork);
        } catch (IOException e) {
            failed("not connected: " + e.getMessage(), mustWork);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
    }

    private void count(Session s, boolean mustWork) {
        String how = "session " + s.id() + ": " + s.end() + " " + s.what();
        switch (s.end()) {
            case DONE -> {
                good.incrementAndGet();
                steadyGood.addAndGet(mustWork ? 1 : 0);
            }
            case RESET, SILENT -> failed(how, mustWork);
            case OPEN, CUT, WRONG -> faults.add(how);
        }
    }

    private void failed(String how, boolean mustWork) {
        refused.incrementAndGet();
        if (mustWork) {
            faults.add("in the steady state: " + how);
        }
    }
}
