package dev.ambit.api;

/** The name of a service. */
public record NamespacedHostname(String namespace, String hostname) {

    /**
     * {@code namespace/hostname}.
     *
     * @throws IllegalArgumentException if one of the two is missing
     */
    public static NamespacedHostname parse(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
            throw new IllegalArgumentException(
                    "service: \"" + text + "\" (expected: namespace/hostname)");
        }
        return new NamespacedHostname(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public String toString() {
        return namespace + "/" + hostname;
    }
}
