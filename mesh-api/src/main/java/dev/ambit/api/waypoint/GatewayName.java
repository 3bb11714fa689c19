package dev.ambit.api.waypoint;

/** The Gateway object a proxy serves. */
public record GatewayName(String namespace, String name) {

    public GatewayName {
        if (namespace.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException(
                    "gateway: \"" + namespace + "/" + name + "\" (expected: namespace and name)");
        }
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
