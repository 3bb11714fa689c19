package dev.ambit.runtime.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The bridge to libc. Handles bound here take the segment that receives errno as their first
 * argument. Each family of calls lives in its own class, so that a process links only what it uses.
 */
@SuppressWarnings("restricted") // this package is the one place that may
final class Native {

    static final int EINTR = 4;
    static final int EAGAIN = 11;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private Native() {}

    /** Links a function; all its arguments are fixed. */
    static MethodHandle link(String name, FunctionDescriptor shape) {
        return LINKER.downcallHandle(
                LIBC.findOrThrow(name), shape, Linker.Option.captureCallState("errno"));
    }

    /** Links a variadic function of C; the arguments from that index on are its variadic ones. */
    static MethodHandle linkVariadic(String name, FunctionDescriptor shape, int firstVariadic) {
        return LINKER.downcallHandle(
                LIBC.findOrThrow(name),
                shape,
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(firstVariadic));
    }

    /** Where a call of this arena leaves errno. */
    static MemorySegment state(Arena arena) {
        return arena.allocate(STATE);
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /** The exception for a call that failed. */
    static SystemCallException failed(String what, MemorySegment state) {
        return failed(what, errno(state));
    }

    static SystemCallException failed(String what, int errno) {
        return new SystemCallException(what, errno, Errno.text(errno));
    }

    /** A bound handle throws nothing but a bug. */
    static RuntimeException bug(@Nullable Throwable t) {
        if (t instanceof Error e) {
            throw e;
        }
        return t instanceof RuntimeException r ? r : new IllegalStateException(t);
    }

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
}
