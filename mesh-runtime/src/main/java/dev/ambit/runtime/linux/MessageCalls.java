package dev.ambit.runtime.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@code sendmsg} and {@code recvmsg} with descriptors (SCM_RIGHTS), unix(7). Layout of struct
 * msghdr on 64 bits: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48; of
 * struct cmsghdr: len 0, level 8, type 12, data 16.
 */
final class MessageCalls {

    /** SCM_MAX_FD, the kernel's own limit for one message. */
    static final int MAX_DESCRIPTORS = 253;

    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final long HEADER = 16;
    private static final long CONTROL = HEADER + 4L * MAX_DESCRIPTORS;

    private static final MethodHandle SENDMSG = message("sendmsg");
    private static final MethodHandle RECVMSG = message("recvmsg");

    private MessageCalls() {}

    private static MethodHandle message(String name) {
        return Native.link(
                name, FunctionDescriptor.of(Native.LONG, Native.INT, ADDRESS, Native.INT));
    }

    /** Sends one packet with these descriptors; the caller keeps its own. */
    static void send(int socket, byte[] packet, int[] fds) {
        if (fds.length > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(
                    "descriptors: " + fds.length + " (expected: at most " + MAX_DESCRIPTORS + ")");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment message = header(arena, arena.allocateFrom(JAVA_BYTE, packet));
            if (fds.length > 0) {
                long length = HEADER + 4L * fds.length;
                MemorySegment control = arena.allocate((length + 7) & ~7L, 8);
                control.set(JAVA_LONG, 0, length);
                control.set(JAVA_INT, 8, SOL_SOCKET);
                control.set(JAVA_INT, 12, SCM_RIGHTS);
                for (int i = 0; i < fds.length; i++) {
                    control.set(JAVA_INT, HEADER + 4L * i, fds[i]);
                }
                message.set(ADDRESS, 32, control);
                message.set(JAVA_LONG, 40, control.byteSize());
            }
            long r;
            do {
                r = (long) SENDMSG.invokeExact(state, socket, message, MSG_NOSIGNAL);
            } while (r < 0 && Native.errno(state) == Native.EINTR);
            if (r < 0) {
                throw Native.failed("sendmsg", state);
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    /** Receives one packet; blocks until there is one. */
    static Received receive(int socket, int maxBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            MemorySegment bytes = arena.allocate(maxBytes);
            MemorySegment control = arena.allocate(CONTROL, 8);
            MemorySegment message = header(arena, bytes);
            message.set(ADDRESS, 32, control);
            message.set(JAVA_LONG, 40, CONTROL);
            long r;
            do {
                r = (long) RECVMSG.invokeExact(state, socket, message, MSG_CMSG_CLOEXEC);
            } while (r < 0 && Native.errno(state) == Native.EINTR);
            if (r < 0) {
                int errno = Native.errno(state);
                if (errno == UnixCalls.ECONNRESET || errno == UnixCalls.EPIPE) {
                    return new Received.EndOfStream();
                }
                throw Native.failed("recvmsg", errno);
            }
            int[] fds = descriptors(control, message.get(JAVA_LONG, 40));
            if ((message.get(JAVA_INT, 48) & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
                for (int fd : fds) {
                    Descriptors.close(fd);
                }
                return new Received.Truncated(maxBytes);
            }
            if (r == 0 && fds.length == 0) {
                return new Received.EndOfStream();
            }
            return new Received.Packet(bytes.asSlice(0, r).toArray(JAVA_BYTE), fds);
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.bug(t);
        }
    }

    private static MemorySegment header(Arena arena, MemorySegment bytes) {
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(ADDRESS, 0, bytes);
        vector.set(JAVA_LONG, 8, bytes.byteSize());
        MemorySegment message = arena.allocate(56, 8);
        message.set(ADDRESS, 16, vector);
        message.set(JAVA_LONG, 24, 1);
        return message;
    }

    private static int[] descriptors(MemorySegment control, long length) {
        int[] found = new int[MAX_DESCRIPTORS];
        int n = 0;
        long at = 0;
        while (at + HEADER <= length) {
            long size = control.get(JAVA_LONG, at);
            if (size < HEADER) {
                break;
            }
            boolean rights =
                    control.get(JAVA_INT, at + 8) == SOL_SOCKET
                            && control.get(JAVA_INT, at + 12) == SCM_RIGHTS;
            for (long p = at + HEADER; rights && p + 4 <= at + size; p += 4) {
                found[n++] = control.get(JAVA_INT, p);
            }
            at += (size + 7) & ~7L;
        }
        return java.util.Arrays.copyOf(found, n);
    }
}
