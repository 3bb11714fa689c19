package dev.ambit.runtime.testing;

import dev.ambit.runtime.net.EventLoops;
import dev.ambit.runtime.net.Transport;
import java.util.List;

/** Event loops for a test, on every transport this machine has. */
public final class TestLoops {

    private TestLoops() {}

    /** Transports that work here, best first. */
    public static List<Transport> transports() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Loops with one data thread on the best transport; close them. */
    public static EventLoops start() {
        throw new UnsupportedOperationException("not built yet");
    }

    public static EventLoops start(Transport transport, int dataThreads) {
        throw new UnsupportedOperationException("not built yet");
    }
}
