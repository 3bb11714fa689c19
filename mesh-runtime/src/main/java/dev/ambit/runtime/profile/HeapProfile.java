package dev.ambit.runtime.profile;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What the live objects of the heap are, by class. The JVM does not keep where they were made, so a
 * stack is one class. Counting them stops the process for a garbage collection.
 */
public final class HeapProfile {

    /** {@code 1: 12345 678901 java.lang.String (java.base@25)}. */
    private static final Pattern ROW =
            Pattern.compile("^\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*$");

    private HeapProfile() {}

    /** Takes the profile now. */
    public static byte[] take() throws JMException {
        Object histogram =
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "gcClassHistogram",
                                new Object[] {new String[0]},
                                new String[] {String[].class.getName()});
        return profile(String.valueOf(histogram), Instant.now());
    }

    static byte[] profile(String histogram, Instant now) {
        Pprof profile =
                new Pprof(
                        new Pprof.ValueType("inuse_objects", "count"),
                        new Pprof.ValueType("inuse_space", "bytes"));
        histogram
                .lines()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .forEach(
                        row ->
                                profile.add(
                                        List.of(new Pprof.Frame(row.group(3), 0)),
                                        Long.parseLong(row.group(1)),
                                        Long.parseLong(row.group(2))));
        return profile.encode(TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(), 0, 1);
    }
}
