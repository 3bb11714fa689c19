package dev.ambit.waypoint.exchange;

/**
 * Keeps retries from multiplying the load on a service that is already in trouble: at most a fifth
 * of the requests under way may be retries, and always a few. Istio has none by default; ours is
 * wide enough that only a storm meets it. Confined to the loop.
 */
final class RetryBudget {

    private static final int ALWAYS = 100;
    private static final int SHARE = 5;

    private int requests;
    private int retries;

    void requestBegins() {
        requests++;
    }

    void requestEnds() {
        requests--;
    }

    /** True if a retry may start; give it back with {@link #retryEnds}. */
    boolean tryBegin() {
        if (retries >= Math.max(ALWAYS, requests / SHARE)) {
            return false;
        }
        retries++;
        return true;
    }

    void retryEnds() {
        retries--;
    }
}
