package dev.ambit.api.waypoint;

import java.util.List;

/** Set replaces, add appends, remove drops; in this order. */
public record HeaderChange(List<Header> set, List<Header> add, List<String> remove) {

    public HeaderChange {
        set = List.copyOf(set);
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    /** A name and its value. */
    public record Header(String name, String value) {
        public Header {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("header: empty (expected: a name)");
            }
        }
    }
}
