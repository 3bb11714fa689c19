package dev.ambit.runtime.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** The system calls of Unix sockets, with interruption and errors dealt with. Stateless. */
final class UnixCalls {

    static final int EPIPE = 32;
    static final int ECONNRESET = 104;

    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SHUT_RDWR = 2;
    private static final short POLLIN = 1;
    private static final int PATH_LIMIT = 107;

    private static final MethodHandle SOCKET =
            Native.link(
                    "socket",
                    FunctionDescriptor.of(Native.INT, Native.INT, Native.INT, Native.INT));
    private static final MethodHandle BIND = address("bind");
    private static final MethodHandle CONNECT = address("connect");
    private static final MethodHandle LISTEN =
            Native.link("listen", FunctionDescriptor.of(Native.INT, Native.INT, Native.INT));
    private static final MethodHandle ACCEPT =
            Native.link(
                    "accept4",
                    FunctionDescriptor.of(Native.INT, Native.INT, ADDRESS, ADDRESS, Native.INT));
    private static final MethodHandle SHUTDOWN =
            Native.link("shutdown", FunctionDescriptor.of(Native.INT, Native.INT, Native.INT));
    private static final MethodHandle POLL =
            Native.link(
                    "poll", FunctionDescriptor.of(Native.INT, ADDRESS, Native.LONG, Native.INT));
    private static final MethodHandle GETSOCKOPT =
            Native.link(
                    "getsockopt",
                    FunctionDescriptor.of(
                            Native.INT, Native.INT, Native.INT, Native.INT, ADDRESS, ADDRESS));

    private UnixCalls() {}

    private static MethodHandle address(String name) {
        return Native.link(
                name, FunctionDescriptor.of(Native.INT, Native.INT, ADDRESS, Native.INT));
    }

    static int socket() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            int fd = (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
            if (fd < 0) {
                throw Native.failed("socket(AF_UNIX, SOCK_SEQPACKET)", state);
            }
            return fd;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    static void bind(int fd, Path path) {
        named(BIND, "bind", fd, path);
    }

    static void connect(int fd, Path path) {
        named(CONNECT, "connect", fd, path);
    }

    private static void named(MethodHandle call, String what, int fd, Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > PATH_LIMIT) {
            throw new IllegalArgumentException(
                    "socket path: "
                            + name.length
                            + " bytes (expected: at most "
                            + PATH_LIMIT
                            + ")");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment address = arena.allocate(2L + name.length + 1, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
            int size = (int) address.byteSize();
            int r;
            do {
                r = (int) call.invokeExact(state, fd, address, size);
            } while (r != 0 && Native.errno(state) == Native.EINTR);
            if (r != 0) {
                throw Native.failed(what + " " + path, state);
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    static void listen(int fd, int backlog) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            if ((int) LISTEN.invokeExact(state, fd, backlog) != 0) {
                throw Native.failed("listen", state);
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    /** A client's descriptor, or minus the error number. */
    static int accept(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            int r =
                    (int)
                            ACCEPT.invokeExact(
                                    state,
                                    fd,
                                    MemorySegment.NULL,
                                    MemorySegment.NULL,
                                    SOCK_CLOEXEC);
            return r >= 0 ? r : -Native.errno(state);
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    static void shutdown(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) SHUTDOWN.invokeExact(Native.state(arena), fd, SHUT_RDWR);
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    /** Waits until there is something to read or the peer is gone; false if the time is over. */
    static boolean awaitReadable(int fd, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment poll = arena.allocate(8, 4);
            poll.set(ValueLayout.JAVA_INT, 0, fd);
            poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
            while (true) {
                long left = (end - System.nanoTime() + 999_999) / 1_000_000;
                int millis = timeout.isZero() ? -1 : Math.clamp(left, 0, Integer.MAX_VALUE);
                int r = (int) POLL.invokeExact(state, poll, 1L, millis);
                if (r >= 0) {
                    return r > 0;
                }
                if (Native.errno(state) != Native.EINTR) {
                    throw Native.failed("poll", state);
                }
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    static PeerCredentials peerCredentials(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment credentials = arena.allocate(12, 4);
            MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, 12);
            int r =
                    (int)
                            GETSOCKOPT.invokeExact(
                                    state, fd, SOL_SOCKET, SO_PEERCRED, credentials, size);
            if (r != 0) {
                throw Native.failed("getsockopt SO_PEERCRED", state);
            }
            return new PeerCredentials(
                    credentials.get(ValueLayout.JAVA_INT, 0),
                    credentials.get(ValueLayout.JAVA_INT, 4),
                    credentials.get(ValueLayout.JAVA_INT, 8));
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }
}
