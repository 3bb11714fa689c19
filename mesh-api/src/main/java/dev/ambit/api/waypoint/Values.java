package dev.ambit.api.waypoint;

import java.util.List;

/** One field of a policy: any of {@code in} (where there are some), and none of {@code notIn}. */
public record Values<T>(List<T> in, List<T> notIn) {

    public Values {
        in = List.copyOf(in);
        notIn = List.copyOf(notIn);
    }

    /** Asks nothing. */
    public static <T> Values<T> any() {
        return new Values<>(List.of(), List.of());
    }

    public boolean isAny() {
        return in.isEmpty() && notIn.isEmpty();
    }
}
