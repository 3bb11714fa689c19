package dev.ambit.demo.app;

import java.util.ArrayDeque;
import java.util.Deque;

/** The latest requests of the client, a line each, oldest first. Any thread. */
final class Records {

    /** Several minutes at the usual rate. */
    private static final int KEPT = 50_000;

    /**
     * One request of the client.
     *
     * @param sentMillis wall clock at its start
     * @param result status, or a word of why there is none
     * @param reviews version of reviews that took part, "-" if none did
     * @param errors failures of calls below, "-" if none
     */
    record Entry(long sentMillis, long micros, String result, String reviews, String errors) {

        String line() {
            return sentMillis + " " + micros + " " + result + " " + reviews + " " + errors + "\n";
        }
    }

    private final Deque<Entry> entries = new ArrayDeque<>();

    synchronized void add(Entry entry) {
        if (entries.size() == KEPT) {
            entries.removeFirst();
        }
        entries.addLast(entry);
    }

    /** Those sent at or after a time; a request is here once it has ended. */
    synchronized String since(long millis) {
        StringBuilder text = new StringBuilder();
        for (Entry e : entries) {
            if (e.sentMillis() >= millis) {
                text.append(e.line());
            }
        }
        return text.toString();
    }
}
