package dev.ambit.policy.l7;

/**
 * The rule that decided.
 *
 * @param route {@code namespace/name}
 * @param rule its name, or its number in the route
 */
public record RouteName(String route, String rule) {

    @Override
    public String toString() {
        return route + "/" + rule;
    }
}
