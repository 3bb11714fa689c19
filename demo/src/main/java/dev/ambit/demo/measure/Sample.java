package dev.ambit.demo.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Requests of the traffic client over some time, and the figures drawn from them. */
public record Sample(List<Request> requests) {

    /**
     * One request for the book page.
     *
     * @param result status, or a word of why there is none
     * @param reviews version of reviews that took part, "-" if none
     * @param errors failures of the calls behind the page, "-" if none
     */
    public record Request(
            long sentMillis, long micros, String result, String reviews, String errors) {

        /** The page came. */
        public boolean answered() {
            return result.equals("200");
        }

        /** The page came, and nothing on it is missing. */
        public boolean whole() {
            return answered() && errors.equals("-");
        }
    }

    public Sample {
        requests = List.copyOf(requests);
    }

    static Sample parse(String lines) {
        List<Request> all = new ArrayList<>();
        for (String line : lines.split("\n")) {
            String[] f = line.split(" ");
            if (f.length == 5) {
                all.add(new Request(Long.parseLong(f[0]), Long.parseLong(f[1]), f[2], f[3], f[4]));
            }
        }
        all.sort(Comparator.comparingLong(Request::sentMillis));
        return new Sample(all);
    }

    public int size() {
        return requests.size();
    }

    public long count(Predicate<Request> which) {
        return requests.stream().filter(which).count();
    }

    /** Pages that did not come, or came with something missing. */
    public long failed() {
        return count(r -> !r.whole());
    }

    /** Part of all pages that a version of reviews took part in. */
    public String share(String version) {
        return percent(count(r -> r.reviews().equals(version)), size());
    }

    /** How requests failed, with counts; empty if none did. */
    public Map<String, Integer> failures() {
        Map<String, Integer> all = new TreeMap<>();
        for (Request r : requests) {
            if (!r.whole()) {
                all.merge(r.answered() ? r.errors() : r.result(), 1, Integer::sum);
            }
        }
        return all;
    }

    /** When the last request that fits was sent. */
    public OptionalLong lastSent(Predicate<Request> which) {
        return requests.stream().filter(which).mapToLong(Request::sentMillis).max();
    }

    /** Those sent after a time. */
    public Sample after(long millis) {
        return new Sample(requests.stream().filter(r -> r.sentMillis() > millis).toList());
    }

    public String quantile(double q) {
        long[] sorted = requests.stream().mapToLong(Request::micros).sorted().toArray();
        if (sorted.length == 0) {
            return "-";
        }
        int at = (int) Math.min(sorted.length - 1L, (long) Math.ceil(q * sorted.length) - 1);
        return String.format(Locale.ROOT, "%.1f ms", sorted[Math.max(0, at)] / 1000.0);
    }

    public static String percent(long part, long whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }
}
