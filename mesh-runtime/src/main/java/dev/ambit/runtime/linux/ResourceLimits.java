package dev.ambit.runtime.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Limits the kernel sets on this process. */
public final class ResourceLimits {

    private static final int RLIMIT_NOFILE = 7;

    private ResourceLimits() {}

    /**
     * Raises the soft limit of open files to the hard one; returns what it is now, -1 if unknown.
     * The JVM does the same at its start unless told otherwise, so mostly there is nothing to do
     * and no native call is linked.
     */
    public static long raiseOpenFiles() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/self/limits"));
            for (String line : lines) {
                if (line.startsWith("Max open files")) {
                    String[] words =
                            line.substring("Max open files".length()).strip().split("\\s+", -1);
                    long soft = number(words[0]);
                    long hard = number(words[1]);
                    return soft == hard ? soft : set(hard);
                }
            }
            return -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static long number(String word) {
        return word.equals("unlimited") ? -1L : Long.parseLong(word);
    }

    private static long set(long hard) {
        MethodHandle setrlimit =
                Native.link(
                        "setrlimit",
                        FunctionDescriptor.of(Native.INT, Native.INT, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment limit = arena.allocateFrom(ValueLayout.JAVA_LONG, hard, hard);
            if ((int) setrlimit.invokeExact(state, RLIMIT_NOFILE, limit) != 0) {
                throw Native.failed("setrlimit NOFILE " + hard, state);
            }
            return hard;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }
}
