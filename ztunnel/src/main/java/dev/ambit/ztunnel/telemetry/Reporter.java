package dev.ambit.ztunnel.telemetry;

/** Which end of a connection speaks. */
public enum Reporter {
    /** The client's node: traffic that leaves a pod. */
    SOURCE("source", "outbound"),
    /** The server's node: traffic that enters a pod. */
    DESTINATION("destination", "inbound");

    private final String label;
    private final String direction;

    Reporter(String label, String direction) {
        this.label = label;
        this.direction = direction;
    }

    /** Value of the label {@code reporter}. */
    public String label() {
        return label;
    }

    /** Value of the log field {@code direction}. */
    public String direction() {
        return direction;
    }
}
