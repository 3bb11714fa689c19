package dev.ambit.runtime.leaks;

import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Keeps what Netty would only log. Named by the property {@code
 * io.netty.customResourceLeakDetector} of the test JVM, so that every buffer of a test is watched.
 */
public final class CollectingLeakDetector<T> extends ResourceLeakDetector<T> {

    private static final ConcurrentLinkedQueue<String> REPORTS = new ConcurrentLinkedQueue<>();

    /** As Netty calls it. */
    public CollectingLeakDetector(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** What was found since the last call. */
    static List<String> take() {
        List<String> taken = new ArrayList<>();
        String report;
        while ((report = REPORTS.poll()) != null) {
            taken.add(report);
        }
        return taken;
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        REPORTS.add("LEAK: " + resourceType + " was not released" + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        REPORTS.add("LEAK: " + resourceType + " was not released");
    }
}
