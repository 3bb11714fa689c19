package dev.ambit.runtime.testing;

import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import java.util.List;

/** Event loops for a test, on every transport this machine has. */
public final class TestLoops {

    private TestLoops() {}

    /** Transports that work here, best first. */
    public static List<Transport> transports() {
        return Transport.available();
    }

    /** Loops with one data thread on the best transport; close them. */
    public static EventLoops start() {
        return start(transports().getFirst(), 1);
    }

    public static EventLoops start(Transport transport, int dataThreads) {
        return new EventLoops("test", dataThreads, transport);
    }
}
