package dev.ambit.tests.rig;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Sessions opened before a fault and judged after it: idle ones speak before and after, talking
 * ones all the time.
 */
final class Sessions {

    /** Longer than any fault and what TCP needs to recover from it. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration ENDS_WITHIN = Duration.ofSeconds(20);
    private static final int OPENERS = 8;
    private static final int MOST_BLOCKS = 256;

    private final Stage stage;
    private final List<Session> all = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> talkers = new ArrayList<>();
    private volatile boolean talking;

    private Sessions(Stage stage) {
        this.stage = stage;
    }

    static Sessions open(Stage stage, int count) {
        Sessions sessions = new Sessions(stage);
        try (ExecutorService openers = Executors.newFixedThreadPool(OPENERS)) {
            for (int i = 0; i < count; i++) {
                openers.submit(
                        () -> {
                            Session s = stage.open(PATIENCE);
                            sessions.all.add(s);
                            return s.exchange(1);
                        });
            }
        }
        long good = sessions.all.stream().filter(s -> s.end() == End.OPEN).count();
        if (good < count) {
            throw new IllegalStateException(
                    "only %d of %d sessions opened before the fault".formatted(good, count));
        }
        return sessions;
    }

    Sessions talk() {
        talking = true;
        for (Session s : List.copyOf(all)) {
            talkers.add(Thread.ofVirtual().start(() -> talk(s)));
        }
        return this;
    }

    private void talk(Session s) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (talking && s.exchange(random.nextInt(1, MOST_BLOCKS))) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    /**
     * Ends all and compares both sides.
     *
     * @param mayReset whether the fault excuses a reset
     */
    Verdict judge(boolean mayReset) {
        talking = false;
        join(talkers);
        List<Session> sessions = List.copyOf(all);
        join(
                sessions.stream()
                        .map(
                                s ->
                                        Thread.ofVirtual()
                                                .start(
                                                        () -> {
                                                            s.exchange(1);
                                                            s.finish();
                                                        }))
                        .toList());
        List<String> faults = new ArrayList<>();
        long held = 0;
        long reset = 0;
        long bytes = 0;
        for (Session s : sessions) {
            bytes += 2 * s.bytes();
            held += s.end() == End.DONE ? 1 : 0;
            reset += s.end() == End.RESET ? 1 : 0;
            String wrong = compare(s, mayReset);
            if (!wrong.isEmpty()) {
                faults.add(wrong);
            }
        }
        String what = "%d sessions, %d held, %d reset".formatted(sessions.size(), held, reset);
        return new Verdict(what, bytes, faults);
    }

    private String compare(Session s, boolean mayReset) {
        String name = "session " + s.id() + ": ";
        SessionServer.Side side = stage.serverOf(s).side(s.id());
        if (side == null) {
            return s.end() == End.DONE ? name + "the server never heard of it" : "";
        }
        long deadline = System.nanoTime() + ENDS_WITHIN.toNanos();
        while (side.end() == End.OPEN && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        String ends =
                "client %s %s, server %s %s".formatted(s.end(), s.what(), side.end(), side.what());
        return switch (s.end()) {
            case DONE -> {
                boolean same =
                        side.end() == End.DONE
                                && Arrays.equals(s.sentDigest(), side.receivedDigest())
                                && Arrays.equals(s.receivedDigest(), side.sentDigest());
                yield same ? "" : name + "sums differ, " + ends;
            }
            case RESET ->
                    side.end() != End.RESET
                            ? name + "not a reset on both sides: " + ends
                            : mayReset ? "" : name + "did not hold: " + ends;
            case OPEN, CUT, SILENT, WRONG -> name + ends;
        };
    }

    private static void join(List<Thread> threads) {
        try {
            for (Thread t : threads) {
                t.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
