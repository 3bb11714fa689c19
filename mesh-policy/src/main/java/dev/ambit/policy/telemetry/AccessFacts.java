package dev.ambit.policy.telemetry;

/**
 * What is known of a connection at its end. Unknown names are empty.
 *
 * @param inbound whether the local workload is the server
 * @param flag {@code -} or why it failed, as the metric label {@code response_flags}
 * @param source the client
 * @param destination the server
 * @param service hostname the client asked for
 * @param mutualTls whether it was encrypted and both identities proven
 * @param durationMillis from acceptance to end
 * @param bytes in both directions
 */
public record AccessFacts(
        boolean inbound,
        String flag,
        Party source,
        Party destination,
        String service,
        boolean mutualTls,
        long durationMillis,
        long bytes) {

    /** One end. */
    public record Party(String namespace, String workload, String principal) {}

    /** Whether it ended other than by its two ends. */
    public boolean failed() {
        return !flag.equals("-");
    }
}
